/// Which amounts of money a place takes.
public struct MoneyRange: Hashable, Sendable {
    /// The ISO 4217 codes of the currencies that are taken; empty: any three letters `A`–`Z`, since
    /// the list of currencies changes more often than schemas do.
    public let currencies: [ExactText]
    /// The least and the greatest amount, in minor units, whatever the currency.
    public let amounts: ClosedRange<Int64>

    /// Amounts that JSON keeps exactly, of any currency, unless it says otherwise.
    public init(
        currencies: [ExactText] = [],
        amounts: ClosedRange<Int64> = -Int64(largestExactInteger)...Int64(largestExactInteger)
    ) {
        self.currencies = currencies
        self.amounts = amounts
    }

    /// Why `money` is not taken; `nil` if it is.
    func objection(to money: Money) -> String? {
        if !currencies.isEmpty && !currencies.contains(ExactText(money.currency)) {
            return "the currency \(money.currency) is not one of "
                + currencies.map(\.string).joined(separator: ", ")
        }
        return amounts.contains(money.amount)
            ? nil
            : "the amount \(money.amount) is outside \(amounts.lowerBound) to \(amounts.upperBound)"
    }
}
