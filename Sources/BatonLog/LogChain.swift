package import BatonCore
import Crypto

/// The hash chain of a stream (L6): each entry's hash covers the hash before it, the entry's dot and
/// its content, so that a changed, dropped or reordered entry changes every hash after it.
///
/// h = SHA-256(previous h ‖ replica, 16 bytes ‖ counter, 8 bytes, most significant first ‖ content)
package enum LogChain {
    /// The hash before the first entry: 32 zero bytes.
    package static let start = [UInt8](repeating: 0, count: length)

    /// Bytes in a hash.
    package static let length = 32

    /// The hash after the entries that lie at `frames` of `body`, the first of them at `dot`.
    /// O(bytes).
    package static func extend(
        _ chain: [UInt8], from dot: Dot, over frames: some Sequence<EventFrames.Frame>,
        of body: [UInt8]
    ) -> [UInt8] {
        var head = chain
        head.append(contentsOf: dot.replica.bytes)
        head.append(contentsOf: [UInt8](repeating: 0, count: 8))
        var counter = dot.counter.rawValue
        body.withUnsafeBytes { body in
            for frame in frames {
                for index in 0..<8 {
                    head[48 + index] = UInt8(truncatingIfNeeded: counter >> UInt64(56 - 8 * index))
                }
                var hash = SHA256()
                head.withUnsafeBytes { hash.update(bufferPointer: $0) }
                hash.update(bufferPointer: UnsafeRawBufferPointer(rebasing: body[frame.content]))
                hash.finalize().withUnsafeBytes { digest in
                    for index in 0..<length { head[index] = digest[index] }
                }
                counter += 1
            }
        }
        return Array(head[0..<length])
    }

    /// The hash after the entries of `chunk`, which lie at `frames` of its body. O(bytes).
    static func extend(_ chain: [UInt8], over chunk: Chunk, _ frames: [EventFrames.Frame])
        -> [UInt8]
    {
        extend(chain, from: Dot(chunk.replica, chunk.counter), over: frames, of: chunk.body)
    }

    /// SHA-256 of an entry's content, by which a refused event is known again.
    package static func digest(of content: ArraySlice<UInt8>) -> [UInt8] {
        content.withUnsafeBytes { Array(SHA256.hash(data: $0)) }
    }
}

extension ReplicaID {
    /// The id as 16 bytes, most significant first.
    package var bytes: [UInt8] {
        (0..<16).map { index in
            let word = index < 8 ? high : low
            return UInt8(truncatingIfNeeded: word >> UInt64(56 - 8 * (index % 8)))
        }
    }

    /// Reads 16 bytes, most significant first; `nil` for any other number of bytes.
    package init?(bytes: [UInt8]) {
        guard bytes.count == 16 else { return nil }
        let words = bytes.withUnsafeBytes { raw in
            (
                UInt64(bigEndian: raw.loadUnaligned(as: UInt64.self)),
                UInt64(bigEndian: raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            )
        }
        self.init(high: words.0, low: words.1)
    }
}
