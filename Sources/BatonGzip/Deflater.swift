internal import CZlib

/// Compresses bytes as they come, in bounded memory: ``next(_:)`` again and again, then ``finish()``.
///
/// What comes out, one after another, is one gzip member or zlib stream. It belongs to one task at a time.
public struct Deflater: ~Copyable {
    // zlib keeps a pointer back to its stream, so the stream must not move.
    private let stream: UnsafeMutablePointer<z_stream>

    private static let blockBytes = 32 * 1024

    /// Prepares to write one format; takes about 256 KiB.
    /// - Throws: `compressor-out-of-memory`.
    public init(
        level: CompressionLevel = .balanced, as format: CompressedFormat = .gzip
    ) throws(GzipFailure) {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        let begun = deflateInit2_(
            stream, level.rawValue, Z_DEFLATED, format.windowBits, 8, Z_DEFAULT_STRATEGY,
            ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard begun == Z_OK else {
            stream.deallocate()
            throw GzipFailure(.noMemory, "no memory to compress: try again", cause: "zlib \(begun)")
        }
    }

    deinit {
        deflateEnd(stream)
        stream.deallocate()
    }

    /// Takes bytes in: what is ready of their compressed form, often nothing.
    public mutating func next(_ bytes: [UInt8]) -> [UInt8] { deflate(bytes, flush: Z_NO_FLUSH) }

    /// The rest.
    public mutating func finish() -> [UInt8] { deflate([], flush: Z_FINISH) }

    private mutating func deflate(_ bytes: [UInt8], flush: Int32) -> [UInt8] {
        var input = bytes
        var output: [UInt8] = []
        input.withUnsafeMutableBufferPointer { source in
            var rest = source.count
            stream.pointee.next_in = source.baseAddress
            stream.pointee.avail_in = 0
            var isFull = false
            repeat {
                if stream.pointee.avail_in == 0, rest > 0 {
                    let step = min(rest, Int(UInt32.max))
                    stream.pointee.avail_in = UInt32(step)
                    rest -= step
                }
                output += [UInt8](unsafeUninitializedCapacity: Self.blockBytes) { space, count in
                    stream.pointee.next_out = space.baseAddress
                    stream.pointee.avail_out = UInt32(space.count)
                    // Neither status can come that is not in order: the stream is sound, and there is room.
                    _ = CZlib.deflate(stream, flush)
                    count = space.count - Int(stream.pointee.avail_out)
                    isFull = stream.pointee.avail_out == 0
                }
            } while isFull || stream.pointee.avail_in > 0 || rest > 0
            stream.pointee.next_in = nil
        }
        return output
    }
}
