/// A value that an operation carries and a field holds: JSON without fractions.
///
/// Amounts are integers of minor units, so that no replica ever rounds (specification section 2.4).
public enum Value: Hashable, Sendable {
    /// JSON `null`; never the value of a register, where it stands for "cleared".
    case null
    /// JSON `true` or `false`.
    case boolean(Bool)
    /// A whole number from −(2^53 − 1) to 2^53 − 1.
    case integer(Int64)
    /// Text, exactly as written.
    case text(ExactText)
    /// Values in an order.
    case list([Value])
    /// Named values; the names have no order.
    case object([ExactText: Value])

    /// Text from a string.
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

    /// A total order: null, booleans, integers, texts, lists, money, other objects. Money orders by
    /// currency, then amount; other objects order by their canonical encoding.
    public static func < (left: Value, right: Value) -> Bool {
        switch (left, right) {
        case (.boolean(let left), .boolean(let right)): return !left && right
        case (.integer(let left), .integer(let right)): return left < right
        case (.text(let left), .text(let right)): return left < right
        case (.list(let left), .list(let right)): return left.lexicographicallyPrecedes(right)
        case (.object, .object):
            switch (Money(left), Money(right)) {
            case (let left?, let right?):
                return left.currency != right.currency
                    ? left.currency < right.currency : left.amount < right.amount
            case (nil, nil):
                return ExactText(left.canonicalJSON) < ExactText(right.canonicalJSON)
            case (let money, _): return money != nil
            }
        default: return left.rank < right.rank
        }
    }
}

extension Value: ExpressibleByStringLiteral {
    public init(stringLiteral value: String) { self = .text(ExactText(value)) }
}
