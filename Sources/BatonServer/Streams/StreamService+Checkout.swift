import BatonCore
package import BatonLog
package import BatonWire

extension StreamService {
    /// Checks a cart out for a client that has no store of its own: one event that empties the cart
    /// and places the order (specification section 10.7).
    ///
    /// Two tills that do so while apart, or the same one twice, place one order. A call that comes
    /// again under its idempotency key is answered as the first time, with the order's name.
    package func checkout(
        _ request: Baton_V1_CheckoutRequest, of key: StreamKey, naming: WriteNaming,
        by principal: Principal
    ) async throws(Problem) -> Baton_V1_CheckoutResponse {
        let cart: EntityID
        do {
            cart = try EntityID(type: "cart", id: request.cart)
        } catch { throw Problem(error) }
        try principal.require(cart)
        try requireCheckout(of: cart, in: key, by: principal)
        let written = try await answer(naming, in: key) { () async throws(Problem) in
            let schemas = self.schemas(of: key)
            let seen = request.hasSeen ? request.seen : nil
            let state = try await stateSeen(up: seen, of: key)
            // What its caller does not see is not in the caller's view.
            let view = sight(of: key, for: principal).shown(state)
            let checkout = try checkout(of: cart, request, in: view, schemas: schemas)
            try principal.require(checkout.order)
            let others = try operations(
                request.operations, of: checkout.order, role: principal.role, schemas: schemas)
            if let refusal = schemas.refusal(of: checkout.operations, by: principal.role) {
                throw Problem(refusal, members: [:])
            }
            return try await append(
                checkout.operations + others, onto: state, to: key, naming: naming,
                channel: channel(named: request.channel, by: principal))
        }
        var response = Baton_V1_CheckoutResponse()
        response.verdict = written.verdict
        response.replica = written.replica
        response.head = written.head
        if let writer = ReplicaID(written.replica) {
            let dot = Dot(writer, Counter(rawValue: written.verdict.counter))
            let state = try await states.state(of: key).state
            let order = state.order(placedBy: dot)
            if let order { try principal.require(order) }
            response.order = order?.description ?? ""
        }
        return response
    }

    /// Fails where the caller may not check such a cart out, whatever is in it: asked of the call alone, so that
    /// who may not is answered the same before and after somebody did.
    private func requireCheckout(
        of cart: EntityID, in key: StreamKey, by principal: Principal
    ) throws(Problem) {
        let schemas = self.schemas(of: key)
        guard principal.entities.coversAny(from: "order/\(cart.id)-") else {
            throw Problem(.forbidden, "the token does not cover the orders of \(cart)")
        }
        let some = Value.object(["lines": .object(["any": .object(["quantity": .integer(1)])])])
        let checkout: Checkout?
        do {
            checkout = try Checkout(of: cart, schemas: schemas, at: wallClock()) {
                $0 == cart ? some : nil
            }
        } catch { throw Problem(error) }
        if let refusal = schemas.refusal(of: checkout?.operations ?? [], by: principal.role) {
            throw Problem(refusal, members: [:])
        }
    }

    private func checkout(
        of cart: EntityID, _ request: Baton_V1_CheckoutRequest, in state: StreamState,
        schemas: SchemaSet
    ) throws(Problem) -> Checkout {
        let chosen = request.lines.isEmpty ? nil : Set(request.lines.map { ExactText($0) })
        let checkout: Checkout?
        do {
            checkout = try Checkout(of: cart, choosing: chosen, schemas: schemas, at: wallClock()) {
                state.value(of: $0, schemas: schemas)
            }
        } catch { throw Problem(error) }
        guard let checkout else {
            throw Problem(
                .entityNotFound,
                "\(cart) has no line of one piece or more to check out: add one first"
                    + (chosen == nil ? "" : ", or name others in lines"))
        }
        return checkout
    }
}

extension StreamState {
    /// The order that an event placed, as long as what it said of the place where it came from lives.
    fileprivate func order(placedBy dot: Dot) -> EntityID? {
        entities.keys.filter { $0.type == "order" }.sorted().first { id in
            guard case .branch(let fields)? = entities[id]?.root,
                case .versions(let placed)? = fields["placedAt"]
            else { return false }
            return placed.versions.contains { $0.stamp.dot == dot }
        }
    }
}
