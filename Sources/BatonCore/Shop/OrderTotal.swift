extension Money {
    /// Price times quantity, summed; `nil` where there is nothing to sum, a price is missing, the
    /// currencies differ, or the sum is beyond all money.
    public static func total(of lines: [(price: Money?, quantity: Int64)]) -> Money? {
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

extension StreamState {
    /// What an order costs (specification section 5.10); `nil` where nobody said so and its lines do
    /// not tell.
    ///
    /// What was said stands, with discounts and shipping. While concurrency has an open say in the
    /// order's lines or total, what was said was said of another order: then the sum of the lines
    /// stands where it is greater, so that no order costs less than its lines by an accident of merge.
    /// O(live size of the order).
    public func total(ofOrder id: EntityID, schemas: SchemaSet) -> Money? {
        let order = value(of: id, schemas: schemas)
        var lines: [(price: Money?, quantity: Int64)] = []
        if case .object(let members)? = order?["lines"] {
            lines = members.values.map { line in
                (line["price"].flatMap { Money($0) }, line["quantity"]?.integer ?? 0)
            }
        }
        let sum = Money.total(of: lines)
        guard let said = order?["total"].flatMap({ Money($0) }) else { return sum }
        let isDisputed = conflicts(of: id, schemas: schemas).contains {
            $0.path.components.first == "lines" || $0.path.components.first == "total"
        }
        guard isDisputed, let sum, sum.currency == said.currency else { return said }
        return sum.amount > said.amount ? sum : said
    }
}
