package import BatonCore
package import BatonLog
package import BatonWire
import Crypto

/// A thin client's write, as the call gives it.
package struct ThinWrite: Sendable {
    /// The entity that the address names.
    package let entity: EntityID
    /// What was sent.
    package let request: Baton_V1_WriteRequest
    /// By what it is known again.
    package let naming: WriteNaming

    /// Joins the parts.
    package init(
        entity: EntityID, request: Baton_V1_WriteRequest, idempotencyKey: String?, digest: [UInt8]
    ) {
        self.entity = entity
        self.request = request
        naming = WriteNaming(key: idempotencyKey, digest: digest)
    }
}

/// By what a thin client's call is known again when it comes a second time.
package struct WriteNaming: Sendable {
    /// The client's name for the call with a digest of what it asks; `nil` where it gave none.
    let idempotency: IdempotencyKey?

    /// - Parameters:
    ///   - key: The client's name for the call, if it may be sent again.
    ///   - digest: SHA-256 of the address and the request's bytes.
    package init(key: String?, digest: [UInt8]) {
        idempotency = key.map { IdempotencyKey(key: $0, digest: digest) }
    }
}

extension StreamService {
    /// Writes an event for a client that has no store of its own, under the server's replica id.
    ///
    /// Its context is what the client had seen (`seen`), so that a remove takes away no more than
    /// that, even though the server knows more.
    ///
    /// A write that comes again under its idempotency key is answered as the first time, also where
    /// it no longer fits what it has itself made of the stream.
    package func write(
        _ write: ThinWrite, to key: StreamKey, by principal: Principal
    ) async throws(Problem) -> Baton_V1_WriteResponse {
        try principal.require(write.entity)
        return try await answer(write.naming, in: key) { () async throws(Problem) in
            let operations = try operations(
                write.request.operations, of: write.entity, role: principal.role,
                schemas: schemas(of: key))
            guard !operations.isEmpty else {
                throw Problem(
                    .malformedEvent,
                    "operations is missing or empty; send "
                        + #"{"operations": [{"path": "/lines/sku-1/quantity", "add": 1}]}"#)
            }
            let seen = write.request.hasSeen ? write.request.seen : nil
            return try await append(
                operations, onto: stateSeen(up: seen, of: key), to: key, naming: write.naming,
                channel: channel(named: write.request.channel, by: principal))
        }
    }

    /// What `write` answers, or where that fails, what the same call was answered when it first came.
    func answer(
        _ naming: WriteNaming, in key: StreamKey,
        _ write: () async throws(Problem) -> Baton_V1_WriteResponse
    ) async throws(Problem) -> Baton_V1_WriteResponse {
        do throws(Problem) {
            return try await write()
        } catch {
            // Who may not write it learns nothing of who has.
            guard error.slug != .notPermitted, error.slug != .forbidden else { throw error }
            if let first = try await firstAnswer(to: naming, in: key) { return first }
            throw error
        }
    }

    /// What the write was answered when it first came; `nil` where it is new.
    private func firstAnswer(
        to naming: WriteNaming, in key: StreamKey
    ) async throws(Problem) -> Baton_V1_WriteResponse? {
        guard let idempotency = naming.idempotency else { return nil }
        // An append under a key that the log knows is answered from memory. Under one that it does
        // not know, a context beyond any log has this one refused, and nothing is stored.
        var body: [UInt8] = []
        EventFrames.append([], to: &body)
        let request = AppendRequest(
            replica: engine.identity.replica, firstCounter: nil, body: body,
            entries: [
                AppendRequest.Entry(
                    length: body.count, seen: Offset(rawValue: largestExactInteger))
            ],
            receivedAt: wallClock(),
            idempotency: idempotency)
        let result = try await StateCache.asking { () async throws(LogFailure) in
            try await engine.append(request, to: key)
        }
        if case .refused? = result.verdicts.first { return nil }
        return try response(to: result)
    }

    /// Appends an event of these operations, which may stand, on top of a state that was seen.
    func append(
        _ operations: [FieldOperation], onto state: StreamState, to key: StreamKey,
        naming: WriteNaming, channel: ChannelName
    ) async throws(Problem) -> Baton_V1_WriteResponse {
        let schemas = self.schemas(of: key)
        let replica = engine.identity.replica
        let own = state.vector[replica]
        let stamp = readClock()
        let event = Event(
            dot: Dot(replica, own.next),
            context: Context(replica: replica, own: own, seen: state.offset), timestamp: stamp,
            channel: channel,
            operations: operations + state.keeps(for: operations, schemas: schemas))
        if let refusal = state.refusal(ofMovesIn: event, schemas: schemas) {
            throw Problem(refusal, members: [:])
        }
        if let crowding = state.crowding(by: event, schemas: schemas) {
            throw Problem(crowding.refusal, members: [:])
        }
        if let malformation = event.malformation { throw Problem(.malformedEvent, malformation) }
        var message = event.message
        // The log may give the event a later counter than this one: what it has seen stays.
        message.own = own.rawValue
        var body: [UInt8] = []
        EventFrames.append(Protobuf.encode(message), to: &body)
        guard body.count <= ProtocolLimits.eventBytes else {
            throw Problem(
                .malformedEvent,
                "the event has \(body.count) bytes, with what it keeps of the entries it edits; at most "
                    + "\(ProtocolLimits.eventBytes) are allowed: write fewer operations at a time; of "
                    + "a map entry that is too large by itself, remove it and write it anew in one "
                    + "request")
        }
        let overgrowth = state.overgrowth(
            by: event.operations, bytes: body.count, schemas: schemas)
        if let reason = overgrowth {
            throw Problem(.schemaViolation, reason)
        }
        let request = AppendRequest(
            replica: replica, firstCounter: nil, body: body,
            entries: [AppendRequest.Entry(length: body.count, seen: state.offset)],
            receivedAt: wallClock(),
            idempotency: naming.idempotency)
        let result = try await StateCache.asking { () async throws(LogFailure) in
            try await engine.append(request, to: key)
        }
        return try response(to: result)
    }

    private func response(to result: AppendResult) throws(Problem) -> Baton_V1_WriteResponse {
        guard let verdict = result.verdicts.first else {
            throw Problem(.unexpected, "the log gave no verdict")
        }
        if case .refused(let refusal, _) = verdict { throw Problem(refusal, members: [:]) }
        var response = Baton_V1_WriteResponse()
        response.verdict = verdict.message(counter: result.firstCounter)
        response.replica = engine.identity.replica.description
        response.head = result.head.rawValue
        return response
    }

    /// The operations that a thin client asks for on one entity; a problem where one may not stand.
    func operations(
        _ messages: [Baton_V1_Operation], of entity: EntityID, role: Role, schemas: SchemaSet
    ) throws(Problem) -> [FieldOperation] {
        var operations: [FieldOperation] = []
        for message in messages {
            // Else a token for one entity, and a look at one address, would say nothing of what it
            // writes.
            guard message.entity.isEmpty || message.entity == entity.description else {
                throw Problem(
                    .malformedEvent,
                    "\(message.entity.prefix(192)) is not \(entity), which this call writes: leave "
                        + "the entity out, and write to each at its own address")
            }
            do {
                operations.append(try FieldOperation(message, entity: entity))
            } catch { throw Problem(error) }
        }
        for operation in operations {
            if case .keep = operation.action {
                throw Problem(.malformedEvent, "the server adds keeps itself; leave them out")
            }
            if case .unknown = operation.action {
                throw Problem(.malformedEvent, "an action is not known to this server")
            }
            if let malformation = operation.malformation {
                throw Problem(
                    .malformedEvent, "\(operation.entity)\(operation.path): \(malformation)")
            }
            if let why = schemas.unknownPlace(of: operation) {
                throw Problem(.unknownPlace, why)
            }
        }
        if let refusal = schemas.refusal(of: operations, by: role) {
            throw Problem(refusal, members: [:])
        }
        return operations
    }

    /// The channel of a write that the server makes for a caller.
    func channel(
        named name: String, by principal: Principal
    ) throws(Problem) -> ChannelName {
        do {
            if !name.isEmpty { return try ChannelName(name) }
            return try principal.channel ?? ChannelName("service")
        } catch {
            throw Problem(.invalidName, "\"\(name.prefix(64))\" is \(error)")
        }
    }

    /// The state that a thin client had seen: that at its offset, or with none all of the log.
    func stateSeen(up seen: UInt64?, of key: StreamKey) async throws(Problem) -> StreamState {
        guard let seen else { return try await states.state(of: key).state }
        guard seen <= largestExactInteger else {
            throw Problem(.malformedEvent, "seen is the Baton-Offset of an answer")
        }
        return try await states.state(
            of: key, at: Offset(rawValue: seen), archive: archive)
    }
}
