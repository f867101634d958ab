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
    var shares: [StreamID: StreamShare] = [:]

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
        var stored: [StreamID: StoredStream] = [:]
        for row in try Row.fetchAll(database, sql: "SELECT * FROM stream") {
            stored[try Stored.stream(row["name"])] = StoredStream(try Stored.position(row))
        }
        let entities = try Row.fetchCursor(database, sql: "SELECT stream, state FROM entity")
        while let row = try entities.next() {
            let state = [UInt8](row["state"] as Data)
            stored[try Stored.stream(row["stream"])]?.entities.append(state)
        }
        let outbox = try Row.fetchCursor(database, sql: "SELECT * FROM outbox ORDER BY place")
        while let row = try outbox.next() {
            stored[try Stored.stream(row["stream"])]?.outbox.append(try Stored.pending(row))
        }
        let inbox = try Row.fetchCursor(database, sql: "SELECT * FROM refused ORDER BY place")
        while let row = try inbox.next() {
            stored[try Stored.stream(row["stream"])]?.inbox.append(try Stored.refused(row))
        }
        for (id, rows) in stored {
            streams[id] = try rows.replica(
                of: id, schemas: self.schemas.set, schemaDigest: self.schemas.digest)
        }
        for row in try Row.fetchAll(database, sql: "SELECT * FROM shared") {
            let id = try Stored.stream(row["stream"])
            shares[id] = Stored.share(row)
            // What was claimed and not synced yet has no other row.
            streams[id] =
                streams[id]
                ?? StreamReplica(
                    stream: id, schemas: self.schemas.set, schemaDigest: self.schemas.digest,
                    replica: installation.replica)
        }
    }

    /// The documents that were taken from the server. One that this version of the SDK cannot read
    /// (an earlier one had been newer) is as good as none.
    private static func schemas(_ database: Database) throws -> SchemaSet {
        let documents = try Data.fetchAll(database, sql: "SELECT document FROM schema")
        return SchemaSet(documents.compactMap { try? Schema(json: [UInt8]($0)) })
    }
}

/// Reads columns back into values.
private enum Stored {
    static func stream(_ name: String) throws -> StreamID { try StreamID(name) }

    static func replica(_ text: String) throws -> ReplicaID {
        guard let replica = ReplicaID(text) else {
            throw SyncFailure(.storeFailed, "the store names a replica \"\(text)\"")
        }
        return replica
    }

    static func position(_ row: Row) throws -> StoredPosition {
        let offset: Int64 = row["log_offset"]
        let counter: Int64 = row["next_counter"]
        return StoredPosition(
            replica: try replica(row["replica"]), nextCounter: Counter(rawValue: UInt64(counter)),
            cursor: row["cursor"], offset: Offset(rawValue: UInt64(offset)),
            vector: [UInt8](row["vector"] as Data),
            clock: Timestamp(milliseconds: row["clock_time"], tick: row["clock_tick"]))
    }

    static func share(_ row: Row) -> StreamShare {
        let entities: String = row["entities"]
        return StreamShare(
            entities: entities.split(separator: " ").map(String.init), expires: row["expires"],
            token: row["token"])
    }

    static func pending(_ row: Row) throws -> (dot: Dot, row: StoredPending) {
        let fate: Int64 = row["fate"]
        let pending = StoredPending(
            encoded: [UInt8](row["event"] as Data),
            fate: PendingEvent.Fate(rawValue: fate) ?? .waiting,
            saw: (row["saw"] as Data?).map { [UInt8]($0) })
        return (try dot(row), pending)
    }

    static func refused(_ row: Row) throws -> (dot: Dot, row: StoredRefusal) {
        let refusal = StoredRefusal(
            encoded: [UInt8](row["event"] as Data), code: row["code"], reason: row["reason"])
        return (try dot(row), refusal)
    }

    private static func dot(_ row: Row) throws -> Dot {
        let counter: Int64 = row["counter"]
        return Dot(try replica(row["replica"]), Counter(rawValue: UInt64(counter)))
    }
}
