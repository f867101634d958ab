import BatonCore
import BatonWire
import GRDB

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// All that a store holds, read at once. Costs the live state, not the history.
struct StoredClient: Sendable {
    var installation: Installation
    var schemas: SchemasInForce
    var streams: [StreamID: StreamReplica] = [:]

    /// Reads the store.
    static func load(
        from store: LocalStore, schemas: SchemaSet
    ) async throws(SyncFailure) -> StoredClient {
        let result: Result<StoredClient, SyncFailure> = await withCheckedContinuation { waiter in
            store.run { database in
                do {
                    waiter.resume(
                        returning: .success(
                            try StoredClient(database, schemas: schemas)))
                } catch {
                    let failure = LocalStore.failure(error, "the store cannot be read")
                    waiter.resume(returning: .failure(failure))
                }
            }
        }
        return try result.get()
    }

    private init(_ database: Database, schemas: SchemaSet) throws {
        guard let row = try Row.fetchOne(database, sql: "SELECT * FROM installation") else {
            throw SyncFailure(.storeFailed, "the store does not say whose it is")
        }
        installation = Installation(
            replica: try Stored.replica(row["replica"]),
            clockCorrection: row["clock_correction"])
        self.schemas = SchemasInForce(own: schemas, learned: try Self.schemas(database))
        var entities = try Self.entities(database)
        var outboxes = try Self.outboxes(database)
        var inboxes = try Self.inboxes(database)
        for row in try Row.fetchAll(database, sql: "SELECT * FROM stream") {
            let name: String = row["name"]
            let stream = try StreamID(name)
            let offset: Int64 = row["log_offset"]
            let vector = try Stored.state(row["vector"]).vector
            let counter: Int64 = row["next_counter"]
            streams[stream] = StreamReplica(
                stream: stream, schemas: self.schemas.set, schemaDigest: self.schemas.digest,
                replica: try Stored.replica(row["replica"]),
                nextCounter: Counter(rawValue: UInt64(counter)), cursor: row["cursor"],
                clock: HybridClock(
                    latest: Timestamp(milliseconds: row["clock_time"], tick: row["clock_tick"])),
                confirmed: StreamState(
                    entities: entities.removeValue(forKey: name) ?? [:], vector: vector,
                    offset: Offset(rawValue: UInt64(offset))),
                outbox: outboxes.removeValue(forKey: name) ?? [],
                inbox: inboxes.removeValue(forKey: name) ?? [])
        }
    }

    /// The documents that were taken from the server. One that this version of the SDK cannot read
    /// (an earlier one had been newer) is as good as none.
    private static func schemas(_ database: Database) throws -> SchemaSet {
        let documents = try Data.fetchAll(database, sql: "SELECT document FROM schema")
        return SchemaSet(documents.compactMap { try? Schema(json: [UInt8]($0)) })
    }

    private static func entities(
        _ database: Database
    ) throws -> [String: [EntityID: EntityState]] {
        var entities: [String: [EntityID: EntityState]] = [:]
        let rows = try Row.fetchCursor(database, sql: "SELECT stream, state FROM entity")
        while let row = try rows.next() {
            let stream: String = row["stream"]
            entities[stream, default: [:]].merge(try Stored.state(row["state"]).entities) { $1 }
        }
        return entities
    }

    private static func outboxes(_ database: Database) throws -> [String: [PendingEvent]] {
        var outboxes: [String: [PendingEvent]] = [:]
        let rows = try Row.fetchCursor(database, sql: "SELECT * FROM outbox ORDER BY place")
        while let row = try rows.next() {
            let stream: String = row["stream"]
            let encoded = [UInt8](row["event"] as Data)
            let fate: Int64 = row["fate"]
            outboxes[stream, default: []].append(
                PendingEvent(
                    try Event(encoded: encoded, dot: try Stored.dot(row)), encoded: encoded,
                    fate: PendingEvent.Fate(rawValue: fate) ?? .waiting))
        }
        return outboxes
    }

    private static func inboxes(_ database: Database) throws -> [String: [RefusedEvent]] {
        var inboxes: [String: [RefusedEvent]] = [:]
        let rows = try Row.fetchCursor(database, sql: "SELECT * FROM refused ORDER BY place")
        while let row = try rows.next() {
            let stream: String = row["stream"]
            let encoded = [UInt8](row["event"] as Data)
            let code: String = row["code"]
            inboxes[stream, default: []].append(
                RefusedEvent(
                    stream: try StreamID(stream),
                    event: try Event(encoded: encoded, dot: try Stored.dot(row)),
                    refusal: Refusal(
                        RefusalCode(rawValue: code) ?? .schemaViolation, row["reason"])))
        }
        return inboxes
    }
}

/// Reads columns back into values.
private enum Stored {
    static func replica(_ text: String) throws -> ReplicaID {
        guard let replica = ReplicaID(text) else {
            throw SyncFailure(.storeFailed, "the store names a replica \"\(text)\"")
        }
        return replica
    }

    static func dot(_ row: Row) throws -> Dot {
        let counter: Int64 = row["counter"]
        return Dot(try replica(row["replica"]), Counter(rawValue: UInt64(counter)))
    }

    static func state(_ data: Data) throws -> StreamState {
        try StreamState(
            try Protobuf.decode(Baton_V1_State.self, from: [UInt8](data)), offset: .start)
    }
}
