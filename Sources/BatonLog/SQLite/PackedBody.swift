import BatonGzip

/// A snapshot's body as it lies in the file: deflated where that makes it smaller.
///
/// A state repeats its paths and replica ids, so that it deflates to a third or less. Packed: a zero
/// byte, the length that it had in 4 bytes, most significant first, and the zlib stream (RFC 1950) of
/// it. A body that begins with another byte, as every protobuf message does, may lie there as it is.
package enum PackedBody {
    private static let mark: UInt8 = 0
    private static let lengthBytes = 4

    /// The bytes to store. O(bytes); to be called before a transaction, not in it.
    package static func pack(_ body: [UInt8]) throws(LogFailure) -> [UInt8] {
        let packed: [UInt8]
        do {
            packed = try [mark] + bytes(ofLength: body.count) + Gzip.compress(body, as: .deflate)
        } catch {
            throw LogFailure(
                .overloaded, "a snapshot could not be deflated: \(error.message)",
                cause: error.cause)
        }
        return packed.count < body.count || body.first == mark ? packed : body
    }

    private static func bytes(ofLength length: Int) -> [UInt8] {
        (1...lengthBytes).map { UInt8(truncatingIfNeeded: length >> (8 * (lengthBytes - $0))) }
    }

    /// The body that ``pack(_:)`` was given; `nil` where the bytes are not what it made.
    package static func unpack(_ stored: [UInt8]) -> [UInt8]? {
        guard stored.first == mark else { return stored }
        let start = 1 + lengthBytes
        guard stored.count > start else { return nil }
        let length = stored[1..<start].reduce(0) { $0 << 8 | Int($1) }
        guard
            let body = try? Gzip.decompress(
                Array(stored[start...]), limit: length, as: .deflate), body.count == length
        else { return nil }
        return body
    }
}

/// A snapshot whose body is packed: made before the writer, which everybody waits for, has it.
struct PackedSnapshot: Sendable {
    let snapshot: StoredSnapshot
    let body: [UInt8]

    /// Packs the body of `snapshot`. O(bytes).
    init(_ snapshot: StoredSnapshot) throws(LogFailure) {
        self.snapshot = snapshot
        body = try PackedBody.pack(snapshot.body)
    }
}
