import BatonCore
import GRDB

extension StoreChange {
    /// Stores the row. Part of a transaction that holds all of a change or nothing.
    func save(in database: Database) throws {
        switch self {
        case .position(let stream, let row): try Self.save(row, of: stream, in: database)
        case .noEntities(let stream):
            try database.execute(
                sql: "DELETE FROM entity WHERE stream = ?", arguments: [stream.description])
        case .entity(let stream, let entity, let state?):
            try database.cachedStatement(
                sql: """
                    INSERT INTO entity VALUES (?, ?, ?)
                    ON CONFLICT (stream, entity) DO UPDATE SET state = excluded.state
                    """
            ).execute(arguments: [
                stream.description, entity.description, Bytes.data(state),
            ])
        case .entity(let stream, let entity, nil):
            try database.cachedStatement(
                sql: "DELETE FROM entity WHERE stream = ? AND entity = ?"
            ).execute(arguments: [stream.description, entity.description])
        case .pending(let stream, let dot, let row):
            try Self.save(row, at: dot, of: stream, in: database)
        case .refused(let stream, let dot, let row):
            try Self.save(row, at: dot, of: stream, in: database)
        }
    }

    private static func save(
        _ row: StoredPosition, of stream: StreamID, in database: Database
    ) throws {
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
            stream.description, row.replica.description, Int64(row.nextCounter.rawValue),
            row.cursor, Int64(row.offset.rawValue), Bytes.data(row.vector),
            row.clock.milliseconds, Int64(row.clock.tick),
        ])
    }

    private static func save(
        _ row: StoredPending?, at dot: Dot, of stream: StreamID, in database: Database
    ) throws {
        guard let row else {
            try database.cachedStatement(
                sql: "DELETE FROM outbox WHERE stream = ? AND replica = ? AND counter = ?"
            ).execute(arguments: place(of: dot, stream))
            return
        }
        try database.cachedStatement(
            sql: """
                INSERT INTO outbox (stream, replica, counter, event, fate, saw)
                VALUES (?, ?, ?, ?, ?, ?)
                ON CONFLICT (stream, replica, counter)
                DO UPDATE SET event = excluded.event, fate = excluded.fate, saw = excluded.saw
                """
        ).execute(
            arguments: place(of: dot, stream) + [
                Bytes.data(row.encoded), row.fate.rawValue, row.saw.map(Bytes.data),
            ])
    }

    private static func save(
        _ row: StoredRefusal?, at dot: Dot, of stream: StreamID, in database: Database
    ) throws {
        guard let row else {
            try database.cachedStatement(
                sql: "DELETE FROM refused WHERE stream = ? AND replica = ? AND counter = ?"
            ).execute(arguments: place(of: dot, stream))
            return
        }
        try database.cachedStatement(
            sql: """
                INSERT INTO refused (stream, replica, counter, event, code, reason)
                VALUES (?, ?, ?, ?, ?, ?)
                ON CONFLICT (stream, replica, counter) DO NOTHING
                """
        ).execute(
            arguments: place(of: dot, stream) + [Bytes.data(row.encoded), row.code, row.reason])
    }

    private static func place(of dot: Dot, _ stream: StreamID) -> StatementArguments {
        [stream.description, dot.replica.description, Int64(dot.counter.rawValue)]
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
