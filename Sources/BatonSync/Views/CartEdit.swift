public import BatonCore

/// Changes to a cart, collected to become part of an event.
public struct CartEdit {
    /// The cart as any entity.
    public var entity: EntityEdit
    /// The cart before the edit.
    public let contents: CartContents

    init(_ entity: EntityEdit) {
        self.entity = entity
        contents = CartContents(entity.value)
    }

    /// Puts an article in, or more of one that is there.
    public mutating func add(
        _ sku: String, quantity: Int64 = 1, title: String? = nil, price: Money? = nil,
        attributes: [String: String] = [:]
    ) {
        let line = contents[sku]
        if let title, line?.title != title {
            entity.set(.string(title), at: "lines", sku, "title")
        }
        if let price, line?.price != price {
            entity.set(price.value, at: "lines", sku, "price")
        }
        for (name, value) in attributes.sorted(by: { $0.key < $1.key })
        where line?.attributes[name] != value {
            entity.set(.string(value), at: "lines", sku, "attributes", name)
        }
        entity.add(quantity, to: "lines", sku, "quantity")
    }

    /// Says how many of an article there are to be; 0 removes the line.
    public mutating func setQuantity(_ sku: String, to quantity: Int64) {
        if quantity > 0 {
            entity.set(.integer(quantity), at: "lines", sku, "quantity")
        } else {
            remove(sku)
        }
    }

    /// Writes a note on a line; `nil` clears it.
    public mutating func setNote(_ note: String?, on sku: String) {
        if let note {
            entity.set(.string(note), at: "lines", sku, "note")
        } else {
            entity.clear("lines", sku, "note")
        }
    }

    /// Writes a note on the whole cart; `nil` clears it.
    public mutating func setNote(_ note: String?) {
        if let note {
            entity.set(.string(note), at: "note")
        } else {
            entity.clear("note")
        }
    }

    /// Says in which currency the cart is.
    public mutating func setCurrency(_ code: String) { entity.set(.string(code), at: "currency") }

    /// Takes a line out.
    public mutating func remove(_ sku: String) { entity.remove(.string(sku), from: "lines") }

    /// Takes all lines out.
    public mutating func clear() { entity.clear("lines") }

    /// Adds a coupon code.
    public mutating func addCoupon(_ code: String) { entity.insert(.string(code), into: "coupons") }

    /// Takes a coupon code out.
    public mutating func removeCoupon(_ code: String) {
        entity.remove(.string(code), from: "coupons")
    }
}
