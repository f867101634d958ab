import CSQLite
import Crypto

/// The checksum that each row of the log's files bears in its column `sum`, so that a damaged byte is
/// found also where nothing else contradicts it: in a time, a name, a stamp inside a snapshot.
///
/// SQLite knows it as the function `row_sum(…)`: the first 6 bytes of SHA-256 over its arguments, as
/// a number. It tells damage, not malice: who can write the row can write its sum.
enum RowSum {
    /// Lets the statements of a connection say `row_sum`.
    static func register(on database: OpaquePointer) -> Int32 {
        sqlite3_create_function_v2(
            database, "row_sum", -1, SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS, nil,
            { context, count, arguments in
                var hash = SHA256()
                for index in 0..<Int(count) {
                    RowSum.add(arguments?[index], to: &hash)
                }
                let sum: UInt64 = hash.finalize().withUnsafeBytes {
                    $0.loadUnaligned(as: UInt64.self).bigEndian >> 16
                }
                sqlite3_result_int64(context, Int64(sum))
            }, nil, nil, nil)
    }

    /// Type and length go before the bytes, so that no two rows are one text.
    private static func add(_ value: OpaquePointer?, to hash: inout SHA256) {
        let type = sqlite3_value_type(value)
        if type == SQLITE_INTEGER {
            add(type, sqlite3_value_int64(value), to: &hash)
            return
        }
        let bytes = sqlite3_value_blob(value)
        let count = Int(sqlite3_value_bytes(value))
        add(type, Int64(count), to: &hash)
        hash.update(bufferPointer: UnsafeRawBufferPointer(start: bytes, count: count))
    }

    private static func add(_ type: Int32, _ number: Int64, to hash: inout SHA256) {
        withUnsafeBytes(of: (Int64(type).bigEndian, number.bigEndian)) {
            hash.update(bufferPointer: $0)
        }
    }
}
