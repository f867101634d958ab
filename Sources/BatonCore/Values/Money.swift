/// An amount of money: minor units (cents) of a currency, as the object `{"amount", "currency"}`.
public struct Money: Hashable, Sendable {
    /// Minor units: 1999 is 19.99 EUR, or 1999 JPY.
    public let amount: Int64
    /// The ISO 4217 code: three letters `A`–`Z`.
    public let currency: String

    /// Joins an amount and a currency code.
    public init(_ amount: Int64, _ currency: String) {
        self.amount = amount
        self.currency = currency
    }

    /// Reads the object form; `nil` if a member is missing, wrong or extra.
    public init?(_ value: Value) {
        guard case .object(let members) = value, members.count == 2,
            case .integer(let amount)? = members["amount"],
            case .text(let currency)? = members["currency"], currency.isCurrency
        else { return nil }
        self.init(amount, currency.string)
    }

    /// The object form.
    public var value: Value {
        .object(["amount": .integer(amount), "currency": .string(currency)])
    }
}

extension ExactText {
    /// Whether this has the form of an ISO 4217 code.
    var isCurrency: Bool { byteCount == 3 && string.utf8.allSatisfy { $0 >= 65 && $0 <= 90 } }
}
