public import BatonCore

/// What a customer means to buy.
///
/// Reads return at once with what this device knows; writes return once they are on disk, and are
/// merged with what other devices do: increments add up, a line that is edited here while it is
/// removed there stays, whole.
public struct Cart: Sendable {
    /// The cart as any entity.
    public let view: EntityView

    /// The cart's own name: `main`.
    public var id: String { view.id.id }
    /// All that is in it now.
    public var contents: CartContents { CartContents(view.value) }
    /// The lines now, in the order of their article numbers.
    public var lines: [CartLine] { contents.lines }
    /// The coupon codes now, in ascending order.
    public var coupons: [String] { contents.coupons }
    /// The note on the whole cart.
    public var note: String? { contents.note }
    /// What the lines cost; `nil` where a line has no price, or currencies differ.
    public var total: Money? { contents.total }

    /// The contents now, and again whenever they may look different. See ``EntityView/changes``.
    public var changes: EntityChanges<CartContents> { view.changes { CartContents($0) } }

    /// Puts an article in, or more of one that is there. Title, price and attributes are written
    /// only where they are new, so that two devices that add the same article do not collide.
    public func add(
        _ sku: String, quantity: Int64 = 1, title: String? = nil, price: Money? = nil,
        attributes: [String: String] = [:]
    ) async throws(SyncFailure) {
        try await edit {
            $0.add(sku, quantity: quantity, title: title, price: price, attributes: attributes)
        }
    }

    /// Says how many of an article there are to be; 0 removes the line.
    public func setQuantity(_ sku: String, to quantity: Int64) async throws(SyncFailure) {
        try await edit { $0.setQuantity(sku, to: quantity) }
    }

    /// Writes a note on a line; `nil` clears it.
    public func setNote(_ note: String?, on sku: String) async throws(SyncFailure) {
        try await edit { $0.setNote(note, on: sku) }
    }

    /// Writes a note on the whole cart; `nil` clears it.
    public func setNote(_ note: String?) async throws(SyncFailure) {
        try await edit { $0.setNote(note) }
    }

    /// Takes a line out. What another device adds to it meanwhile survives.
    public func remove(_ sku: String) async throws(SyncFailure) {
        try await edit { $0.remove(sku) }
    }

    /// Takes all lines out.
    public func clear() async throws(SyncFailure) { try await edit { $0.clear() } }

    /// Adds a coupon code.
    public func addCoupon(_ code: String) async throws(SyncFailure) {
        try await edit { $0.addCoupon(code) }
    }

    /// Takes a coupon code out.
    public func removeCoupon(_ code: String) async throws(SyncFailure) {
        try await edit { $0.removeCoupon(code) }
    }

    /// Turns the lines into an order, in one event, and returns the order: all of them, or those of
    /// the articles in `lines`. Two devices that do so while apart place one order, not two; see
    /// ``StreamEdit/checkout(_:lines:)``. Nothing to check out is an `invalid-write`.
    @discardableResult
    public func checkout(lines: Set<String>? = nil) async throws(SyncFailure) -> Order {
        let id = id
        return try view.stream.order(
            try await view.stream.edit { try $0.checkout(id, lines: lines) })
    }

    /// Makes several changes in one event. See ``CustomerStream/edit(_:)``.
    @discardableResult
    public func edit<Result: Sendable>(
        _ body: @escaping @Sendable (inout CartEdit) throws -> Result
    ) async throws(SyncFailure) -> Result {
        let id = id
        return try await view.stream.edit { try $0.cart(id, body) }
    }
}
