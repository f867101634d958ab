public import BatonCore

/// What a customer has bought, and how far it has come.
public struct Order: Sendable {
    /// The order as any entity.
    public let view: EntityView

    /// The order's own name: `main-1`.
    public var id: String { view.id.id }
    /// All that stands in it now.
    public var contents: OrderContents { OrderContents(view.value) }
    /// How far it has come; `nil` before it is placed.
    public var status: String? { contents.status }
    /// What was bought, in the order of the article numbers.
    public var lines: [OrderLine] { contents.lines }
    /// What it costs: what was said, or else the sum of the lines; `nil` where these have no prices.
    /// While the lines or what was said are in conflict, the greater of the two (specification
    /// section 5.10).
    public var total: Money? {
        let replica = view.stream.client.local.stream(view.stream.id)
        return replica.view.total(ofOrder: view.id, schemas: replica.schemas)
    }
    /// The payments, by their names.
    public var payments: [OrderPayment] { contents.payments }

    /// The contents now, and again whenever they may look different. See ``EntityView/changes``.
    public var changes: EntityChanges<OrderContents> { view.changes { OrderContents($0) } }

    /// Places an order that does not come from a cart here: from another system, or by a till.
    ///
    /// - Parameters:
    ///   - lines: What is bought.
    ///   - total: What it costs, with discounts and shipping; `nil`: the sum of the lines.
    ///   - placedAt: Milliseconds since 1970; now if `nil`.
    ///   - externalID: Its name in another system.
    public func place(
        _ lines: [OrderLine], total: Money? = nil, placedAt: Int64? = nil, externalID: String? = nil
    ) async throws(SyncFailure) {
        try await edit {
            $0.place(lines, total: total, placedAt: placedAt, externalID: externalID)
        }
    }

    /// Moves it on from where it stands here. Of moves that were made apart, the one that weighs more
    /// prevails, and the other is listed as a conflict. A move that the workflow does not have is an
    /// `invalid-write`; one that this role may not make is refused by the server.
    public func move(to status: String) async throws(SyncFailure) {
        try await edit { $0.move(to: status) }
    }

    /// Cancels it, unless it has been handed over meanwhile.
    public func cancel() async throws(SyncFailure) { try await move(to: "cancelled") }

    /// Says that the customer has collected it.
    public func collect() async throws(SyncFailure) { try await move(to: "collected") }

    /// Adds a payment, or says anew how it was made.
    public func addPayment(_ payment: OrderPayment) async throws(SyncFailure) {
        try await edit { $0.addPayment(payment) }
    }

    /// Makes several changes in one event. See ``CustomerStream/edit(_:)``.
    @discardableResult
    public func edit<Result: Sendable>(
        _ body: @escaping @Sendable (inout OrderEdit) throws -> Result
    ) async throws(SyncFailure) -> Result {
        let id = id
        return try await view.stream.edit { try $0.order(id, body) }
    }
}
