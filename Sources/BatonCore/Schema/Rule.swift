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

    /// Says how to pick and where to stop.
    public init(base: Base = .max, floor: Int64? = nil) {
        self.base = base
        self.floor = floor
    }
}
