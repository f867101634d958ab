public import BatonCore

/// Changes that are collected to become one event.
public struct StreamEdit {
    /// The state before the edit.
    public let state: StreamState
    /// The time of the edit: milliseconds since 1970, corrected by the server's clock where needed.
    public let now: Int64
    /// What has been collected, in order.
    public private(set) var operations: [FieldOperation] = []
    let schemas: SchemaSet

    /// An edit of nothing yet.
    package init(state: StreamState, schemas: SchemaSet, now: Int64) {
        self.state = state
        self.schemas = schemas
        self.now = now
    }

    /// Adds operations as they are.
    public mutating func append(_ operations: [FieldOperation]) { self.operations += operations }

    /// Changes any entity.
    public mutating func entity<Result>(
        _ id: EntityID, _ body: (inout EntityEdit) throws -> Result
    ) rethrows -> Result {
        var edit = EntityEdit(
            id: id, value: state.value(of: id, schemas: schemas), now: now)
        defer { operations += edit.operations }
        return try body(&edit)
    }

    /// Changes a cart.
    public mutating func cart<Result>(
        _ id: String = "main", _ body: (inout CartEdit) throws -> Result
    ) throws -> Result {
        try entity(EntityID(type: "cart", id: id)) { entity in
            var edit = CartEdit(entity)
            defer { entity = edit.entity }
            return try body(&edit)
        }
    }

    /// Changes an order.
    public mutating func order<Result>(
        _ id: String, _ body: (inout OrderEdit) throws -> Result
    ) throws -> Result {
        try entity(EntityID(type: "order", id: id)) { entity in
            var edit = OrderEdit(entity)
            defer { entity = edit.entity }
            return try body(&edit)
        }
    }

    /// Changes a profile.
    public mutating func profile<Result>(
        _ id: String = "main", _ body: (inout ProfileEdit) throws -> Result
    ) throws -> Result {
        try entity(EntityID(type: "profile", id: id)) { entity in
            var edit = ProfileEdit(entity)
            defer { entity = edit.entity }
            return try body(&edit)
        }
    }

    /// Checks a cart out: empties it, counts the checkout, and places the order `order/CART-N`, N
    /// being the cart's checkouts so far and this one (specification section 5.10). Returns the
    /// order's id.
    ///
    /// Two devices that check out the same cart while apart so place one order, not two; what
    /// differed between their carts is a conflict of the order. What the order costs is the sum of its
    /// lines, until a `total` is said.
    ///
    /// - Parameters:
    ///   - cart: The cart's name.
    ///   - lines: The article numbers to buy; the others stay in the cart. `nil`: all of it.
    /// - Throws: `invalid-write` where there is nothing to check out; `invalid-name`.
    public mutating func checkout(_ cart: String = "main", lines: Set<String>? = nil) throws
        -> String
    {
        let id = try EntityID(type: "cart", id: cart)
        let chosen = lines.map { Set($0.map { ExactText($0) }) }
        let checkout = try Checkout(of: id, choosing: chosen, schemas: schemas, at: now) {
            state.value(of: $0, schemas: schemas)
        }
        guard let checkout else {
            throw SyncFailure(.invalidWrite, "\(id) has no lines to check out: add one first")
        }
        operations += checkout.operations
        return checkout.order.id
    }
}
