public import BatonCore

/// Changes to an order, collected to become part of an event.
public struct OrderEdit {
    /// The order as any entity.
    public var entity: EntityEdit
    /// The order before the edit.
    public let contents: OrderContents
    private var status: String

    init(_ entity: EntityEdit) {
        self.entity = entity
        contents = OrderContents(entity.value)
        status = contents.status ?? ""
    }

    /// Places it. Quantities are set, not added, so that the same order placed on two devices is one.
    /// A total is written only where one is given: else the sum of the lines is what it costs.
    public mutating func place(
        _ lines: [OrderLine], total: Money? = nil, placedAt: Int64? = nil, cart: EntityID? = nil,
        externalID: String? = nil
    ) {
        move(to: "placed")
        for line in lines {
            if let title = line.title { entity.set(.string(title), at: "lines", line.sku, "title") }
            if let price = line.price { entity.set(price.value, at: "lines", line.sku, "price") }
            entity.set(.integer(line.quantity), at: "lines", line.sku, "quantity")
            for (name, value) in line.attributes.sorted(by: { $0.key < $1.key }) {
                entity.set(.string(value), at: "lines", line.sku, "attributes", name)
            }
            if let note = line.note { entity.set(.string(note), at: "lines", line.sku, "note") }
        }
        if let total { entity.set(total.value, at: "total") }
        let time = InstantFormat.text(milliseconds: placedAt ?? entity.now)
        entity.set(.string(time), at: "placedAt")
        if let cart { entity.set(.string(cart.description), at: "cart") }
        if let externalID { entity.set(.string(externalID), at: "externalId") }
    }

    /// Moves it on from where it stands.
    public mutating func move(to next: String) {
        entity.move(from: status, to: next, at: "status")
        status = next
    }

    /// Adds a payment, or says anew how it was made.
    public mutating func addPayment(_ payment: OrderPayment) {
        if let method = payment.method {
            entity.set(.string(method), at: "payments", payment.id, "method")
        }
        if let amount = payment.amount {
            entity.set(amount.value, at: "payments", payment.id, "amount")
        }
        if let installments = payment.installments {
            entity.set(.integer(installments), at: "payments", payment.id, "installments")
        }
    }

    /// Notes what happened to it.
    public mutating func note(_ fact: String) { entity.append(.string(fact), to: "history") }
}
