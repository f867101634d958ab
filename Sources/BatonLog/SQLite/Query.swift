/// Every statement of the log's hot paths, prepared once a connection.
///
/// All of them name tenant and stream, and all of them are served by an index: a test asks SQLite
/// for their plans.
enum Query: CaseIterable {
    case tenant, tenantsAfter, addTenant
    case stream, addStream, saveStream
    case streamByName, streamsAfter
    case replica, replicas, addReplica, saveReplica, moveReplicaHorizon
    case addChunk, chunksFrom, chunkAt, chunksOfReplica, chunkHeaders, headersFrom, chunkBefore
    case lastChunk, dropChunks
    case addVoid, voids, voidsUpTo
    case remembered, remember, forgetOld
    case snapshot, snapshotOffset, storeSnapshot
    case beginReading, beginWriting, commit, dataVersion

    /// The text, with its parameters by number.
    var sql: String {
        switch self {
        case .tenant: "SELECT id FROM tenant WHERE name = ?1"
        case .tenantsAfter: "SELECT name FROM tenant WHERE name > ?1 ORDER BY name LIMIT ?2"
        case .addTenant: "INSERT INTO tenant (name, sum) VALUES (?1, row_sum(?1))"
        case .stream:
            """
            SELECT id, saved, horizon, chain, horizon_chain, updated_at, moved_to FROM stream
            WHERE tenant = ?1 AND name = ?2
            """
        case .addStream:
            """
            INSERT INTO stream
                (tenant, name, saved, horizon, chain, horizon_chain, updated_at, moved_to, sum)
            VALUES (?1, ?2, 0, 0, ?3, ?3, 0, '', row_sum(?1, ?2, 0, 0, ?3, ?3, 0, ''))
            """
        case .saveStream:
            """
            UPDATE stream SET saved = ?3, chain = ?4, updated_at = ?5, moved_to = ?6, horizon = ?7,
                horizon_chain = ?8, sum = row_sum(tenant, name, ?3, ?7, ?4, ?8, ?5, ?6)
            WHERE tenant = ?1 AND id = ?2
            """
        case .streamByName:
            """
            SELECT s.tenant, s.id, s.saved, s.horizon, s.chain, s.horizon_chain, s.moved_to
            FROM tenant t JOIN stream s ON s.tenant = t.id WHERE t.name = ?1 AND s.name = ?2
            """
        case .streamsAfter:
            """
            SELECT s.name, s.tenant, s.id, s.saved, s.horizon, s.updated_at,
                (SELECT count(*) FROM replica r WHERE r.tenant = s.tenant AND r.stream = s.id)
            FROM tenant t JOIN stream s ON s.tenant = t.id
            WHERE t.name = ?1 AND s.name > ?2 ORDER BY s.name LIMIT ?3
            """
        case .replica:
            """
            SELECT id, counter, horizon_counter, last, dropped FROM replica
            WHERE tenant = ?1 AND stream = ?2 AND replica = ?3
            """
        case .replicas:
            """
            SELECT id, replica, counter, horizon_counter FROM replica
            WHERE tenant = ?1 AND stream = ?2
            """
        case .addReplica:
            """
            INSERT INTO replica
                (tenant, stream, replica, counter, last, horizon_counter, dropped, sum)
            VALUES (?1, ?2, ?3, 0, 0, 0, x'', row_sum(?1, ?2, ?3, 0, 0, 0, x''))
            """
        case .saveReplica:
            """
            UPDATE replica SET counter = ?4, last = ?5,
                sum = row_sum(tenant, stream, replica, ?4, ?5, horizon_counter, dropped)
            WHERE tenant = ?1 AND stream = ?2 AND id = ?3
            """
        case .moveReplicaHorizon:
            """
            UPDATE replica SET horizon_counter = ?4, dropped = ?5,
                sum = row_sum(tenant, stream, replica, counter, last, ?4, ?5)
            WHERE tenant = ?1 AND stream = ?2 AND id = ?3
            """
        case .addChunk:
            """
            INSERT INTO chunk (tenant, stream, offset, count, replica, counter, previous, received_at,
                chain, sum, body)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9,
                row_sum(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10), ?10)
            """
        case .chunksFrom:
            """
            SELECT r.replica, c.counter, c.offset, c.count, c.received_at, c.body, c.chain,
                c.sum = row_sum(c.tenant, c.stream, c.offset, c.count, c.replica, c.counter,
                    c.previous, c.received_at, c.chain, c.body)
            FROM chunk c CROSS JOIN replica r ON r.id = c.replica AND r.tenant = c.tenant
            WHERE c.tenant = ?1 AND c.stream = ?2 AND c.offset >= coalesce(
                (SELECT max(offset) FROM chunk WHERE tenant = ?1 AND stream = ?2 AND offset <= ?3),
                0)
            ORDER BY c.offset
            """
        case .chunkAt:
            """
            SELECT replica, counter, offset, count, previous, body,
                sum = row_sum(tenant, stream, offset, count, replica, counter, previous,
                    received_at, chain, body)
            FROM chunk
            WHERE tenant = ?1 AND stream = ?2 AND offset <= ?3 ORDER BY offset DESC LIMIT 1
            """
        case .chunksOfReplica:
            """
            SELECT counter, offset, count, body,
                sum = row_sum(tenant, stream, offset, count, replica, counter, previous,
                    received_at, chain, body)
            FROM chunk
            WHERE tenant = ?1 AND stream = ?2 AND replica = ?3 AND counter <= ?5
                AND counter + count > ?4
            ORDER BY offset
            """
        case .chunkHeaders:
            """
            SELECT replica, counter, offset, count, chain, received_at FROM chunk
            WHERE tenant = ?1 AND stream = ?2 AND offset BETWEEN ?3 AND ?4 ORDER BY offset
            """
        case .headersFrom:
            """
            SELECT r.replica, c.counter, c.offset, c.count, c.received_at, length(c.body), c.chain
            FROM chunk c CROSS JOIN replica r ON r.id = c.replica AND r.tenant = c.tenant
            WHERE c.tenant = ?1 AND c.stream = ?2 AND c.offset >= coalesce(
                (SELECT max(offset) FROM chunk WHERE tenant = ?1 AND stream = ?2 AND offset <= ?3),
                0)
            ORDER BY c.offset
            """
        case .lastChunk:
            """
            SELECT counter, offset, count, chain, received_at FROM chunk
            WHERE tenant = ?1 AND stream = ?2 ORDER BY offset DESC LIMIT 1
            """
        case .chunkBefore:
            """
            SELECT counter, offset, count, chain FROM chunk
            WHERE tenant = ?1 AND stream = ?2 AND offset <= ?3 ORDER BY offset DESC LIMIT 1
            """
        case .dropChunks: "DELETE FROM chunk WHERE tenant = ?1 AND stream = ?2 AND offset <= ?3"
        case .addVoid:
            """
            INSERT OR IGNORE INTO void
                (tenant, stream, replica, counter, offset, code, reason, digest, sum)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, row_sum(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8))
            """
        case .voids:
            """
            SELECT counter, code, reason, digest, offset FROM void
            WHERE tenant = ?1 AND stream = ?2 AND replica = ?3 AND counter BETWEEN ?4 AND ?5
            """
        case .voidsUpTo:
            """
            SELECT replica, counter, offset, code, reason, digest FROM void
            WHERE tenant = ?1 AND stream = ?2 AND offset <= ?3
            """
        case .remembered:
            """
            SELECT i.digest, r.replica, i.counter, i.count
            FROM idempotency i CROSS JOIN replica r ON r.id = i.replica AND r.tenant = i.tenant
            WHERE i.tenant = ?1 AND i.stream = ?2 AND i.key = ?3
            """
        case .remember:
            """
            INSERT INTO idempotency
                (tenant, stream, key, digest, replica, counter, count, received_at, sum)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, row_sum(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8))
            """
        case .forgetOld:
            """
            DELETE FROM idempotency WHERE (tenant, stream, key) IN (
                SELECT tenant, stream, key FROM idempotency
                WHERE tenant = ?1 AND received_at < ?2 ORDER BY received_at LIMIT ?3)
            """
        case .snapshot:
            """
            SELECT offset, body, state_hash, sum = row_sum(tenant, stream, kind, offset, state_hash, body)
            FROM snapshot WHERE tenant = ?1 AND stream = ?2 AND kind = ?3
            """
        case .snapshotOffset:
            """
            SELECT offset FROM snapshot
            WHERE tenant = ?1 AND stream = ?2 AND kind = ?3
            """
        case .storeSnapshot:
            """
            INSERT INTO snapshot (tenant, stream, kind, offset, state_hash, sum, body)
            VALUES (?1, ?2, ?3, ?4, ?5, row_sum(?1, ?2, ?3, ?4, ?5, ?6), ?6)
            ON CONFLICT (tenant, stream, kind) DO UPDATE SET offset = excluded.offset,
                state_hash = excluded.state_hash, sum = excluded.sum, body = excluded.body
            """
        case .beginReading: "BEGIN"
        case .beginWriting: "BEGIN IMMEDIATE"
        case .commit: "COMMIT"
        case .dataVersion: "PRAGMA data_version"
        }
    }
}
