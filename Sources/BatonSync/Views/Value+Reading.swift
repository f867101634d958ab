import BatonCore

extension Value {
    /// The members of an object in ascending order of their keys; none for anything else.
    var members: [(String, Value)] {
        guard case .object(let members) = self else { return [] }
        return members.sorted { $0.key < $1.key }.map { ($0.key.string, $0.value) }
    }

    /// The texts of a list.
    var texts: [String] {
        guard case .list(let elements) = self else { return [] }
        return elements.compactMap(\.string)
    }

    /// The members of an object that are texts.
    var textMembers: [String: String] {
        Dictionary(
            members.compactMap { key, value in value.string.map { (key, $0) } },
            uniquingKeysWith: { first, _ in first })
    }
}

extension Money {
    /// Price times quantity, summed; `nil` where there is nothing to sum, a price is missing, the
    /// currencies differ, or the sum is beyond all money.
    static func total(of lines: [(price: Money?, quantity: Int64)]) -> Money? {
        guard let currency = lines.first?.price?.currency else { return nil }
        var sum: Int64 = 0
        for line in lines {
            guard let price = line.price, price.currency == currency else { return nil }
            let (product, tooLarge) = price.amount.multipliedReportingOverflow(by: line.quantity)
            let (next, isOver) = sum.addingReportingOverflow(product)
            guard !tooLarge, !isOver, next.magnitude <= largestExactInteger else { return nil }
            sum = next
        }
        return Money(sum, currency)
    }
}
