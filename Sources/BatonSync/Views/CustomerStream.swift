public import BatonCore

/// One customer's journey on this device: carts, orders, a profile, and any other entity.
///
/// A light handle that reads what the client holds now; keep it or make it anew, as you like. Reads
/// return at once and never wait for network or disk. Writes return once they are on disk.
public struct CustomerStream: Sendable {
    let client: SyncClient
    /// The stream's name.
    public let id: StreamID

    /// The state now: what the log confirmed, with this client's pending events on top.
    public var state: StreamState { client.local.stream(id).view }

    /// The state that the log confirmed, up to its ``BatonCore/StreamState/offset``.
    public var confirmedState: StreamState { client.local.stream(id).confirmed }

    /// The entities in which something lives, in the order of their names.
    public var entities: [EntityID] { state.entities.keys.sorted() }

    /// How many own events no log has taken yet.
    public var pendingCount: Int { client.local.stream(id).waitingCount }

    /// What concurrency decided and overruled in this stream, by entity and path, until a later write
    /// settles it: somebody who saw all sides writes there again. Values that the schemas redact
    /// for ``SyncOptions/role`` are marks.
    public var conflicts: [Conflict] {
        let replica = client.local.stream(id)
        return replica.view.conflicts(schemas: replica.schemas).map {
            replica.schemas.redacted($0, for: client.options.role)
        }
    }

    /// The open conflicts now, and again whenever they are others. Ends when the client is closed
    /// or the task is cancelled.
    public var conflictChanges: ConflictSequence {
        let id = id
        return ConflictSequence(
            subscriber: client.local.hub.subscribe { $0.stream == id }, read: { conflicts })
    }

    /// Any entity, by its name `type/id`.
    public func entity(_ entity: EntityID) -> EntityView {
        EntityView(stream: self, id: entity)
    }

    /// Any entity, by its name: `cart/main`.
    public func entity(_ name: String) throws(SyncFailure) -> EntityView {
        do {
            return entity(try EntityID(name))
        } catch {
            throw error.failure
        }
    }

    /// A cart. One that was never written to is empty.
    public func cart(_ id: String = "main") throws(SyncFailure) -> Cart {
        Cart(view: try entity("cart/\(id)"))
    }

    /// An order. One that was never placed has no status.
    public func order(_ id: String) throws(SyncFailure) -> Order {
        Order(view: try entity("order/\(id)"))
    }

    /// The customer's profile.
    public func profile(_ id: String = "main") throws(SyncFailure) -> Profile {
        Profile(view: try entity("profile/\(id)"))
    }

    /// The orders of the stream, in the order of their names.
    public var orders: [Order] {
        entities.filter { $0.type == "order" }.map { Order(view: entity($0)) }
    }

    /// Makes several changes, to one or more entities, in one event: all of them happen or none do,
    /// on every device. Returns once the event is on disk.
    ///
    /// `body` sees the state at the moment of writing, which no other write can slip in before, and
    /// not yet what it changes itself. Where it throws, nothing is written.
    ///
    /// Cancellation: an edit that was handed in is carried out.
    ///
    /// - Throws: `invalid-write` where no server would take it, `store-full`, `store-failed`, `client-closed`.
    @discardableResult
    public func edit<Result: Sendable>(
        _ body: @escaping @Sendable (inout StreamEdit) throws -> Result
    ) async throws(SyncFailure) -> Result {
        let channel = client.channel
        let wall = client.options.wallClock()
        let result = try await client.local.change(id) { replica, installation in
            let now = wall + installation.clockCorrection
            var edit = StreamEdit(state: replica.view, schemas: replica.schemas, now: now)
            let result: Result
            do {
                result = try body(&edit)
            } catch {
                throw SyncFailure.wrapping(
                    error, as: .invalidWrite, "the edit was given up: \(error)")
            }
            try replica.write(
                edit.operations, channel: channel, wall: now, installation: installation.replica)
            return result
        }
        client.showCounts()
        client.background.bell.ring()
        return result
    }

    /// Entities of this stream that may look different, from now on. See ``SyncClient/changes``.
    public var changes: ChangeSequence {
        let id = id
        return ChangeSequence(client.local.hub.subscribe { $0.stream == id })
    }
}
