import BatonArchive
import BatonCore
import BatonGzip
import BatonLog
import BatonWire
import Crypto
import SwiftProtobuf

extension FuzzTarget {
    private static let inflatedBytes = 256 * 1024

    /// Compressed bodies and archives.
    static let archives: [FuzzTarget] = [
        FuzzTarget(
            "gzip", "a compressed body, gzip or deflate",
            seeds: {
                let text = Array(String(repeating: "two shirts, one hat; ", count: 40).utf8)
                return [
                    try Gzip.compress(text), try Gzip.compress(text, as: .deflate),
                    try Gzip.compress(text) + Gzip.compress([1, 2, 3]),
                    try Gzip.compress([UInt8](repeating: 0, count: 200_000)),
                ]
            },
            check: { bytes in
                var isTaken = false
                for format in [CompressedFormat.gzip, .deflate] {
                    guard
                        let raw = try? Gzip.decompress(bytes, limit: inflatedBytes, as: format)
                    else { continue }
                    isTaken = true
                    try promise(raw.count <= inflatedBytes, "\(raw.count) bytes came out")
                    let again = try? Gzip.decompress(
                        Gzip.compress(raw, as: format), limit: inflatedBytes, as: format)
                    try promise(again == raw, "what was packed comes out as something else")
                    // In pieces, as a socket gives them.
                    var inflater = try Inflater(format)
                    var pieces: [UInt8] = []
                    for start in stride(from: 0, to: bytes.count, by: 7) {
                        inflater.feed(Array(bytes[start..<min(start + 7, bytes.count)]))
                        while let block = try? inflater.next(atMost: 1_000) { pieces += block }
                    }
                    try promise(pieces == raw, "something else comes out of pieces")
                }
                return isTaken
            }),
        FuzzTarget(
            "archive-segment", "a segment of an archive, unpacked",
            seeds: { [try Samples.segment().bytes] },
            check: { bytes in
                let segment = try ArchivedSegment(bytes: bytes)
                try promise(segment.bytes == bytes, "a segment is another once written")
                _ = segment.vectorAfter
                return true
            }),
        FuzzTarget(
            "archive-snapshot", "a snapshot of an archive, unpacked",
            seeds: { [try Samples.archivedSnapshot().bytes] },
            check: { bytes in
                let snapshot = try ArchivedSnapshot(bytes: bytes)
                _ = try snapshot.state()
                try promise(
                    try ArchivedSnapshot(bytes: snapshot.bytes) == snapshot,
                    "a snapshot is another once written")
                return true
            }),
        FuzzTarget(
            "archive-manifest", "the manifest of a stream in an archive, its checksum made right",
            seeds: {
                [
                    Array(
                        #"{"format":"baton-archive-stream","version":1,"tenant":"acme","stream":"s","segments":[{"first":1,"last":3,"file":"0000000000000001.events","bytes":10,"rawBytes":20,"sha256":"00","chainBefore":"00","chainAfter":"01","receivedFrom":1,"receivedTo":2}],"snapshots":[]}"#
                            .utf8)
                ]
            },
            check: { bytes in
                // Chance never meets a SHA-256, so the sum is put right first.
                let value = try Value(Protobuf.decodeJSON(Google_Protobuf_Value.self, from: bytes))
                guard case .object(var members) = value else { return false }
                members["checksum"] = nil
                let sum = SHA256.hash(data: Value.object(members).canonicalBytes)
                members["checksum"] = .string(
                    sum.map { byte in
                        let digits = String(byte, radix: 16)
                        return digits.count == 1 ? "0" + digits : digits
                    }.joined())
                let manifest = try StreamManifest.read(
                    Value.object(members).canonicalBytes + [UInt8(ascii: "\n")])
                _ = manifest.key
                _ = manifest.entries
                _ = manifest.last
                _ = manifest.runs
                for offset: UInt64 in [0, 1, 2, .max] {
                    _ = manifest.segment(at: Offset(rawValue: offset))
                }
                return true
            }),
    ]
}
