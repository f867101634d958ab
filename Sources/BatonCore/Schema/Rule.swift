/// How a place in an entity merges (specification section 5).
public indirect enum Rule: Hashable, Sendable {
    /// One value; concurrent writes are picked from.
    case register(ValueType, Pick)
    /// A number made of a base and increments; concurrent bases are picked from.
    case count(CountRule)
    /// Elements; add wins over a concurrent remove.
    case set(ValueType)
    /// Keys, each with the same shape below.
    case map(Rule)
    /// A fixed set of named fields.
    case record(Record)
    /// A state that moves along declared edges.
    case workflow(Workflow)
    /// Facts in the order of their timestamps; all are kept.
    case log(ValueType)

    /// The rule's name in a schema document and in messages.
    public var name: String {
        switch self {
        case .register: return "register"
        case .count: return "count"
        case .set: return "set"
        case .map: return "map"
        case .record: return "record"
        case .workflow: return "workflow"
        case .log: return "log"
        }
    }

    /// Whether a field here or below says how much it holds at most.
    var hasBounds: Bool {
        switch self {
        case .record(let record):
            return record.fields.contains { $0.most != nil || $0.rule.hasBounds }
        case .map(let below): return below.hasBounds
        case .register, .count, .set, .workflow, .log: return false
        }
    }
}

/// Which of several concurrent writes of a register is its value.
public enum Pick: Hashable, Sendable {
    /// The highest timestamp, then replica id, then counter.
    case latest
    /// The greatest value.
    case max
    /// The least value.
    case min
    /// The one that stands first in this list, strictest first; values not listed come last.
    case strictest([Value])
    /// All of them, as a list in ascending order.
    case all
}

/// How a count merges and shows.
public struct CountRule: Hashable, Sendable {
    /// Which of several concurrent `set`s is the base.
    public enum Base: String, Hashable, Sendable, CaseIterable {
        /// The greatest.
        case max
        /// The least.
        case min
        /// The one with the highest timestamp, then replica id, then counter.
        case latest
    }

    /// Which of several concurrent `set`s is the base.
    public let base: Base
    /// The least number shown; a sum below it shows as this. `nil`: any.
    public let floor: Int64?
    /// What a single write may say: a `set` a number in here, an `add` at most as much, up or down,
    /// as the range is wide. What concurrent writes add up to is not held to it.
    public let range: ClosedRange<Int64>

    /// All numbers that JSON keeps exactly.
    public static let anyNumber = -Int64(largestExactInteger)...Int64(largestExactInteger)

    /// Says how to pick, where to stop and what to take.
    public init(
        base: Base = .max, floor: Int64? = nil, range: ClosedRange<Int64> = Self.anyNumber
    ) {
        self.base = base
        self.floor = floor
        self.range = range
    }

    /// The most that a single `add` may add or take.
    public var step: Int64 {
        // Both bounds of a sound schema lie within ±(2^53 − 1).
        let (width, overflow) = range.upperBound.subtractingReportingOverflow(range.lowerBound)
        return overflow ? Int64(largestExactInteger) : min(width, Int64(largestExactInteger))
    }
}
