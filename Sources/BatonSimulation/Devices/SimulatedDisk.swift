import BatonCore
import BatonSync
import BatonWire

/// A device's disk: the rows that the SDK's store would hold, and no more.
///
/// A transaction is there whole or not at all; each is synced before the call returns, as the SDK's
/// store does it.
struct SimulatedDisk: Sendable {
    private struct Rows: Sendable {
        var position: StoredPosition?
        var entities: [EntityID: [UInt8]] = [:]
        var outbox: [(dot: Dot, row: StoredPending)] = []
        var inbox: [(dot: Dot, row: StoredRefusal)] = []
    }

    /// Whose disk it is.
    var installation: Installation
    /// Schemas that the server had and the app's own version lacks.
    var learned: SchemaSet?
    private var streams: [StreamID: Rows] = [:]

    init(installation: Installation) { self.installation = installation }

    /// Stores all rows of one transaction.
    mutating func store(_ rows: [StoreChange], sabotage: Sabotage?) {
        for row in rows {
            switch row {
            case .position(let stream, let position):
                streams[stream, default: Rows()].position = position
            case .noEntities(let stream): streams[stream]?.entities = [:]
            case .entity(let stream, let entity, let state):
                streams[stream, default: Rows()].entities[entity] = state
            case .pending(let stream, let dot, let pending):
                Self.put(pending, at: dot, into: &streams[stream, default: Rows()].outbox)
            case .refused(let stream, let dot, let refused):
                if sabotage == .forgetsRefusals { continue }
                Self.put(refused, at: dot, into: &streams[stream, default: Rows()].inbox)
            }
        }
    }

    private static func put<Row>(_ row: Row?, at dot: Dot, into rows: inout [(dot: Dot, row: Row)])
    {
        let place = rows.firstIndex { $0.dot == dot }
        switch (place, row) {
        case (let place?, let row?): rows[place].row = row
        case (let place?, nil): rows.remove(at: place)
        case (nil, let row?): rows.append((dot, row))
        case (nil, nil): break
        }
    }

    /// Loses the last event of each outbox, as a store would that does not sync.
    mutating func losePending() {
        for (stream, rows) in streams {
            guard let last = rows.outbox.lastIndex(where: { $0.row.fate != .kept }) else {
                continue
            }
            streams[stream]?.outbox.remove(at: last)
        }
    }

    /// Reads everything, as the SDK does when its store is opened.
    func load(
        schemas: SchemaSet, digest: SchemaDigest
    ) throws(WireFailure) -> [StreamID: StreamReplica] {
        var loaded: [StreamID: StreamReplica] = [:]
        for (stream, rows) in streams {
            guard let position = rows.position else { continue }
            var stored = StoredStream(position)
            stored.entities = rows.entities.sorted { $0.key < $1.key }.map(\.value)
            stored.outbox = rows.outbox
            stored.inbox = rows.inbox
            loaded[stream] = try stored.replica(
                of: stream, schemas: schemas, schemaDigest: digest)
        }
        return loaded
    }

    /// The refused events on disk.
    func refused(in stream: StreamID) throws(WireFailure) -> [Event] {
        var events: [Event] = []
        for (dot, row) in streams[stream]?.inbox ?? [] {
            events.append(try Event(encoded: row.encoded, dot: dot))
        }
        return events
    }
}
