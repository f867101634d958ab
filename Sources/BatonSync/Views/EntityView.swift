public import BatonCore

/// Any entity, of any schema: read it as plain JSON, change it place by place.
public struct EntityView: Sendable {
    /// The stream that it lives in.
    public let stream: CustomerStream
    /// The entity's name.
    public let id: EntityID

    /// The entity now, as plain JSON; `nil` where nothing lives in it.
    public var value: Value? {
        stream.state.value(of: id, schemas: stream.client.schemas)
    }

    /// What concurrency decided and overruled in it, by path, until a later write settles it. Values
    /// that the schemas redact for ``SyncOptions/role`` are marks.
    public var conflicts: [Conflict] {
        let replica = stream.client.local.stream(stream.id)
        return replica.view.conflicts(of: id, schemas: replica.schemas).map {
            replica.schemas.redacted($0, for: stream.client.options.role)
        }
    }

    /// Its open conflicts now, and again whenever they are others. Ends when the client is closed or
    /// the task is cancelled.
    public var conflictChanges: ConflictSequence {
        let wanted = Change(stream: stream.id, entity: id)
        return ConflictSequence(
            subscriber: stream.client.local.hub.subscribe { $0 == wanted }, read: { conflicts })
    }

    /// Whether an own event that touches it has not been taken by a log yet.
    public var isPending: Bool {
        stream.client.local.stream(stream.id).outbox.contains { pending in
            pending.fate == .waiting && pending.event.operations.contains { $0.entity == id }
        }
    }

    /// Changes it, in one event. Returns once the event is on disk; see ``CustomerStream/edit(_:)``.
    @discardableResult
    public func edit<Result: Sendable>(
        _ body: @escaping @Sendable (inout EntityEdit) throws -> Result
    ) async throws(SyncFailure) -> Result {
        let id = id
        return try await stream.edit { try $0.entity(id, body) }
    }

    /// The entity now, and again whenever it may look different. Changes that come faster than they
    /// are fetched fold into one, so the last element is always what is there. Ends when the client
    /// is closed or the task is cancelled.
    public var changes: EntityChanges<Value?> { changes { $0 } }

    /// The same, with the value read into a type of one's own.
    public func changes<Element: Sendable>(
        _ read: @escaping @Sendable (Value?) -> Element
    ) -> EntityChanges<Element> {
        let wanted = Change(stream: stream.id, entity: id)
        return EntityChanges(
            subscriber: stream.client.local.hub.subscribe { $0 == wanted },
            read: { read(value) })
    }
}
