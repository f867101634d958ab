import BatonCore
import BatonWire
import GRDB

extension StreamReplica {
    /// Stores what has changed. Part of a transaction that holds all of it or nothing.
    func save(_ changes: ReplicaChanges, in database: Database) throws {
        if changes.position { try savePosition(in: database) }
        if changes.replacedState {
            try database.execute(
                sql: "DELETE FROM entity WHERE stream = ?", arguments: [stream.description])
            for entity in confirmed.entities.keys { try save(entity, in: database) }
        } else {
            for entity in changes.entities { try save(entity, in: database) }
        }
        // In the order of writing, for that is the order in which they are read again.
        for dot in changes.outbox.sorted() {
            try savePending(dot, in: database)
        }
        for dot in changes.inbox.sorted() { try saveRefused(dot, in: database) }
    }

    private func savePosition(in database: Database) throws {
        let vector = StreamState(entities: [:], vector: confirmed.vector, offset: .start)
        try database.cachedStatement(
            sql: """
                INSERT INTO stream VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (name) DO UPDATE SET
                    replica = excluded.replica, next_counter = excluded.next_counter,
                    cursor = excluded.cursor, log_offset = excluded.log_offset,
                    vector = excluded.vector, clock_time = excluded.clock_time,
                    clock_tick = excluded.clock_tick
                """
        ).execute(arguments: [
            stream.description, replica.description, Int64(nextCounter.rawValue), cursor,
            Int64(confirmed.offset.rawValue), Bytes.data(Protobuf.encode(vector.message)),
            clock.latest.milliseconds, Int64(clock.latest.tick),
        ])
    }

    private func save(_ entity: EntityID, in database: Database) throws {
        guard let state = confirmed.entities[entity] else {
            try database.cachedStatement(
                sql: "DELETE FROM entity WHERE stream = ? AND entity = ?"
            ).execute(arguments: [stream.description, entity.description])
            return
        }
        // A state of one entity: it names its own replicas, and so can be read by itself.
        let alone = StreamState(
            entities: [entity: state], vector: VersionVector(), offset: .start)
        try database.cachedStatement(
            sql: """
                INSERT INTO entity VALUES (?, ?, ?)
                ON CONFLICT (stream, entity) DO UPDATE SET state = excluded.state
                """
        ).execute(arguments: [
            stream.description, entity.description, Bytes.data(Protobuf.encode(alone.message)),
        ])
    }

    private func savePending(_ dot: Dot, in database: Database) throws {
        guard let index = outboxIndex(of: dot) else {
            try database.cachedStatement(
                sql: "DELETE FROM outbox WHERE stream = ? AND replica = ? AND counter = ?"
            ).execute(arguments: [
                stream.description, dot.replica.description, Int64(dot.counter.rawValue),
            ])
            return
        }
        try database.cachedStatement(
            sql: """
                INSERT INTO outbox (stream, replica, counter, event, fate) VALUES (?, ?, ?, ?, ?)
                ON CONFLICT (stream, replica, counter)
                DO UPDATE SET event = excluded.event, fate = excluded.fate
                """
        ).execute(arguments: [
            stream.description, dot.replica.description, Int64(dot.counter.rawValue),
            Bytes.data(outbox[index].encoded), outbox[index].fate.rawValue,
        ])
    }

    private func saveRefused(_ dot: Dot, in database: Database) throws {
        guard let refused = inbox.first(where: { $0.dot == dot }) else {
            try database.cachedStatement(
                sql: "DELETE FROM refused WHERE stream = ? AND replica = ? AND counter = ?"
            ).execute(arguments: [
                stream.description, dot.replica.description, Int64(dot.counter.rawValue),
            ])
            return
        }
        try database.cachedStatement(
            sql: """
                INSERT INTO refused (stream, replica, counter, event, code, reason)
                VALUES (?, ?, ?, ?, ?, ?)
                ON CONFLICT (stream, replica, counter) DO NOTHING
                """
        ).execute(arguments: [
            stream.description, dot.replica.description, Int64(dot.counter.rawValue),
            Bytes.data(refused.event.encoded), refused.refusal.code.rawValue,
            refused.refusal.reason,
        ])
    }
}

extension Installation {
    /// Stores the installation.
    func save(in database: Database) throws {
        try database.cachedStatement(
            sql: """
                INSERT INTO installation VALUES (1, ?, ?)
                ON CONFLICT (id) DO UPDATE SET
                    replica = excluded.replica, clock_correction = excluded.clock_correction
                """
        ).execute(arguments: [replica.description, clockCorrection])
    }
}
