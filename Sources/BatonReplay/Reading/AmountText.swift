internal import BatonCore

/// An amount of money as a data set writes it.
struct AmountText: Equatable {
    /// Minor units of the currency.
    let money: Money
    /// Whether there were more fractional digits than the currency has.
    let isRounded: Bool

    /// The code that ISO 4217 keeps for "no currency", for data that names none.
    static let noCurrency = String(repeating: "X", count: 3)

    // ISO 4217 gives these currencies another number of fractional digits than two.
    private static let digits = [
        "BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "ISK": 0, "JPY": 0, "KMF": 0, "KRW": 0, "PYG": 0,
        "RWF": 0, "UGX": 0, "UYI": 0, "VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0,
        "BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "LYD": 3, "OMR": 3, "TND": 3,
    ]

    /// Reads a decimal number exactly, without ever passing through a binary fraction; half a
    /// minor unit is rounded away from zero.
    init(_ text: String, _ currency: String) throws(RowDefect) {
        let defect = RowDefect(.badNumber, "\"\(text.prefix(40))\"")
        let places = Self.digits[currency] ?? 2
        let isNegative = text.hasPrefix("-")
        let parts = text.dropFirst(isNegative ? 1 : 0)
            .split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        let fraction = parts.count == 2 ? Array(parts[1].utf8) : []
        guard let whole = parts.first?.utf8, !whole.isEmpty, whole.count <= 12,
            parts.count == 1 || !fraction.isEmpty, fraction.count <= 20,
            (whole + fraction).allSatisfy({ $0 >= 48 && $0 <= 57 })
        else { throw defect }
        let kept =
            fraction.prefix(places) + Array(repeating: 48, count: max(0, places - fraction.count))
        var amount = (whole + kept).reduce(Int64(0)) { $0 * 10 + Int64($1 - 48) }
        let cut = fraction.dropFirst(places)
        if let first = cut.first, first >= 53 { amount += 1 }
        money = Money(isNegative ? -amount : amount, currency)
        isRounded = cut.contains { $0 != 48 }
    }
}
