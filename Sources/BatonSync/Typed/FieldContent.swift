public import BatonCore

/// What a field of a schema holds, as a type of Swift.
///
/// Types that `baton schema swift` writes for enumerations and workflows conform by being texts.
public protocol FieldContent: Hashable, Sendable {
    /// Reads the plain JSON of it; `nil` where that is of another kind, or not known yet.
    init?(fieldValue: Value)
    /// As it is written.
    var fieldValue: Value { get }
}

extension FieldContent where Self: RawRepresentable, RawValue == String {
    /// Reads the text; `nil` where it is none that this version of the schema knows.
    public init?(fieldValue: Value) {
        guard let text = fieldValue.string else { return nil }
        self.init(rawValue: text)
    }

    /// The text.
    public var fieldValue: Value { .string(rawValue) }
}

extension String: FieldContent {
    /// Reads a text.
    public init?(fieldValue: Value) {
        guard let text = fieldValue.string else { return nil }
        self = text
    }

    /// The text as a value.
    public var fieldValue: Value { .string(self) }
}

extension Int64: FieldContent {
    /// Reads a whole number.
    public init?(fieldValue: Value) {
        guard let number = fieldValue.integer else { return nil }
        self = number
    }

    /// The number as a value.
    public var fieldValue: Value { .integer(self) }
}

extension Bool: FieldContent {
    /// Reads true or false.
    public init?(fieldValue: Value) {
        guard case .boolean(let isSo) = fieldValue else { return nil }
        self = isSo
    }

    /// True or false as a value.
    public var fieldValue: Value { .boolean(self) }
}

extension Money: FieldContent {
    /// Reads an amount and its currency.
    public init?(fieldValue: Value) { self.init(fieldValue) }

    /// The amount and its currency as a value.
    public var fieldValue: Value { value }
}
