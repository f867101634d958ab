internal import CZlib

/// Decompresses bytes as they come, block by block, in bounded memory.
///
/// ``feed(_:)`` compressed bytes, take blocks with ``next(atMost:)`` until it returns `nil`, feed
/// more, and at the end of the input call ``finish()``, which tells a complete stream from a
/// truncated one. It belongs to one task at a time.
public struct Inflater: ~Copyable {
    private enum Phase {
        case reading
        /// A member ended: more may follow, or nothing, or the padding that tapes and some
        /// archivers leave behind.
        case betweenMembers
    }

    // zlib keeps a pointer back to its stream, so the stream must not move.
    private let stream: UnsafeMutablePointer<z_stream>
    private let format: CompressedFormat
    private var pending: [UInt8] = []
    private var position = 0
    private var phase = Phase.reading
    private var started = false

    /// Prepares to read one format; takes about 40 KiB.
    /// - Throws: `compressor-out-of-memory`.
    public init(_ format: CompressedFormat) throws(GzipFailure) {
        self.format = format
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        let begun = inflateInit2_(
            stream, format.windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard begun == Z_OK else {
            stream.deallocate()
            throw GzipFailure(
                .noMemory, "no memory to decompress: try again", cause: "zlib \(begun)")
        }
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    /// Appends compressed bytes to what is yet to be read.
    public mutating func feed(_ bytes: [UInt8]) {
        if position == pending.count {
            pending = bytes
        } else {
            pending.removeSubrange(..<position)
            pending += bytes
        }
        position = 0
    }

    /// The next block of decompressed bytes, or `nil` when more input is needed.
    /// - Parameter size: the largest block to return, at least 1 byte.
    /// - Throws: `compressed-data-garbled`, `compressor-out-of-memory`.
    public mutating func next(atMost size: Int = 64 * 1024) throws(GzipFailure) -> [UInt8]? {
        while position < pending.count {
            if phase == .betweenMembers, try !openNextMember() { return nil }
            started = true
            let (block, result) = inflateBlock(max(1, size))
            switch result {
            case Z_STREAM_END: phase = .betweenMembers
            case Z_OK, Z_BUF_ERROR: break
            case Z_MEM_ERROR:
                throw GzipFailure(.noMemory, "no memory to decompress: try again")
            default: throw garbled(result)
            }
            if !block.isEmpty { return block }
        }
        return drain(max(1, size))
    }

    /// Checks that the input ended where the compressed data does.
    /// - Throws: `compressed-data-cut-off`.
    public mutating func finish() throws(GzipFailure) {
        guard phase == .betweenMembers else {
            throw GzipFailure(
                .cutOff,
                started
                    ? "the \(format.rawValue) data ends too early: send or fetch it again"
                    : "there is no \(format.rawValue) data: an empty input is not compressed")
        }
    }

    // A window's worth of output may wait inside zlib when all input has been taken.
    private mutating func drain(_ size: Int) -> [UInt8]? {
        guard started, phase == .reading else { return nil }
        let (block, result) = inflateBlock(size)
        if result == Z_STREAM_END { phase = .betweenMembers }
        return block.isEmpty ? nil : block
    }

    private mutating func openNextMember() throws(GzipFailure) -> Bool {
        while position < pending.count, pending[position] == 0 { position += 1 }
        guard position < pending.count else { return false }
        guard format == .gzip else {
            throw GzipFailure(.garbled, "bytes follow the end of the deflate data: remove them")
        }
        inflateReset(stream)
        phase = .reading
        return true
    }

    private mutating func inflateBlock(_ size: Int) -> ([UInt8], Int32) {
        var result = Z_OK
        let taken = min(pending.count - position, Int(UInt32.max))
        let start = position
        var left = 0
        let block = [UInt8](unsafeUninitializedCapacity: size) { space, count in
            pending.withUnsafeMutableBufferPointer { source in
                stream.pointee.next_in = source.baseAddress.map { $0 + start }
                stream.pointee.avail_in = UInt32(taken)
                stream.pointee.next_out = space.baseAddress
                stream.pointee.avail_out = UInt32(truncatingIfNeeded: size)
                result = inflate(stream, Z_NO_FLUSH)
                left = Int(stream.pointee.avail_in)
                count = size - Int(stream.pointee.avail_out)
            }
        }
        position += taken - left
        return (block, result)
    }

    private func garbled(_ result: Int32) -> GzipFailure {
        let said = stream.pointee.msg.map { String(cString: $0) } ?? "zlib \(result)"
        return GzipFailure(
            .garbled, "this is not \(format.rawValue) data, or it was damaged: send it again",
            cause: said)
    }
}
