internal import BatonCore

/// The products of a Snowplow event as lines.
enum SnowplowProducts {
    /// One line a product: a product that is listed again is one more piece.
    static func lines(of row: SnowplowRow) throws(RowDefect) -> [ShopLine] {
        var lines: [ShopLine] = []
        for product in row.products ?? [] {
            let sku = product.id.text
            guard !sku.isEmpty else { throw RowDefect(.missingField, "a product's id is empty") }
            var price: Money?
            if let text = product.price?.text, !text.isEmpty {
                let currency = product.currency ?? row.cart?.currency ?? AmountText.noCurrency
                price = try AmountText(text, currency).money
            }
            lines.combine(
                ShopLine(
                    sku: sku, title: product.name ?? product.category, price: price,
                    quantity: try quantity(product.quantity?.text)))
        }
        return lines
    }

    private static func quantity(_ text: String?) throws(RowDefect) -> Int64 {
        guard let text, !text.isEmpty else { return 1 }
        guard let quantity = Int64(text), (1...1_000_000).contains(quantity) else {
            throw RowDefect(.badNumber, "a quantity of \"\(text.prefix(40))\"")
        }
        return quantity
    }
}
