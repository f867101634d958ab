import CSQLite

/// A value to bind to a parameter.
enum SQLValue {
    case integer(Int64)
    case text(String)
    case blob([UInt8])
}

/// A prepared statement of one connection, used by that connection's thread alone.
final class Statement {
    private let database: OpaquePointer
    private let handle: OpaquePointer
    private let sql: String

    /// Prepares `sql`, which is one statement.
    init(_ sql: String, on database: OpaquePointer) throws(LogFailure) {
        var handle: OpaquePointer?
        let code = sqlite3_prepare_v3(
            database, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &handle, nil)
        guard code == SQLITE_OK, let handle else {
            throw LogFailure(sqlite: code, on: database, doing: sql)
        }
        self.database = database
        self.handle = handle
        self.sql = sql
    }

    deinit { sqlite3_finalize(handle) }

    /// Begins anew with other values.
    func bind(_ values: [SQLValue]) throws(LogFailure) {
        sqlite3_reset(handle)
        for (index, value) in values.enumerated() {
            let code = bind(value, at: Int32(index + 1))
            guard code == SQLITE_OK else {
                throw LogFailure(sqlite: code, on: database, doing: sql)
            }
        }
    }

    private func bind(_ value: SQLValue, at index: Int32) -> Int32 {
        // SQLITE_TRANSIENT: SQLite makes its own copy before the call returns.
        let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
        switch value {
        case .integer(let number): return sqlite3_bind_int64(handle, index, number)
        case .text(var text):
            return text.withUTF8 { bytes in
                bytes.withMemoryRebound(to: CChar.self) {
                    sqlite3_bind_text(handle, index, $0.baseAddress, Int32($0.count), copied)
                }
            }
        case .blob(let bytes):
            // An empty array has no address, and SQLite would bind NULL.
            guard !bytes.isEmpty else { return sqlite3_bind_zeroblob(handle, index, 0) }
            return bytes.withUnsafeBytes {
                sqlite3_bind_blob64(handle, index, $0.baseAddress, UInt64($0.count), copied)
            }
        }
    }

    /// Moves to the next row; false at the end.
    func step() throws(LogFailure) -> Bool {
        switch sqlite3_step(handle) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let code: throw LogFailure(sqlite: code, on: database, doing: sql)
        }
    }

    /// Lets go of what the statement holds, so that its transaction can end.
    func reset() { sqlite3_reset(handle) }

    /// Number in a column of the row.
    func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }

    /// Bytes in a column of the row.
    func blob(_ column: Int32) -> [UInt8] {
        guard let address = sqlite3_column_blob(handle, column) else { return [] }
        let count = Int(sqlite3_column_bytes(handle, column))
        return Array(UnsafeRawBufferPointer(start: address, count: count))
    }

    /// Text in a column of the row; damaged UTF-8 is repaired.
    func text(_ column: Int32) -> String { String(decoding: blob(column), as: UTF8.self) }
}
