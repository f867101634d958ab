/// A value that an operation carries and a field holds: JSON without fractions.
///
/// Amounts are integers of minor units, so that no replica ever rounds (specification section 2.4).
public indirect enum Value: Hashable, Sendable {
    /// JSON `null`; never the value of a register, where it stands for "cleared".
    case null
    case boolean(Bool)
    /// A whole number from −(2^53 − 1) to 2^53 − 1.
    case integer(Int64)
    case text(ExactText)
    case list([Value])
    case object([ExactText: Value])

    /// ExactText from a string.
    public static func string(_ string: String) -> Value { .text(ExactText(string)) }

    /// The string inside, if this is text.
    public var string: String? {
        if case .text(let text) = self { return text.string }
        return nil
    }

    /// The number inside, if this is an integer.
    public var integer: Int64? {
        if case .integer(let number) = self { return number }
        return nil
    }

    /// The member `key` of an object; `nil` for anything else.
    public subscript(key: String) -> Value? {
        if case .object(let members) = self { return members[ExactText(key)] }
        return nil
    }
}

extension Value: Comparable {
    private var rank: Int {
        switch self {
        case .null: return 0
        case .boolean: return 1
        case .integer: return 2
        case .text: return 3
        case .list: return 4
        case .object: return 5
        }
    }

    /// A total order: null, booleans, integers, texts, lists, objects. Money in one currency
    /// orders by amount, otherwise objects order by their canonical encoding.
    public static func < (left: Value, right: Value) -> Bool {
        switch (left, right) {
        case (.boolean(let left), .boolean(let right)): return !left && right
        case (.integer(let left), .integer(let right)): return left < right
        case (.text(let left), .text(let right)): return left < right
        case (.list(let left), .list(let right)): return left.lexicographicallyPrecedes(right)
        case (.object, .object):
            if let left = Money(left), let right = Money(right), left.currency == right.currency {
                return left.amount < right.amount
            }
            return left.canonicalJSON < right.canonicalJSON
        default: return left.rank < right.rank
        }
    }
}
