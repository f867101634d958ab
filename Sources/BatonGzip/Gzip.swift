internal import CZlib

/// Compresses and decompresses whole byte arrays.
public enum Gzip {
    /// Compresses `bytes` into one gzip member or zlib stream.
    ///
    /// Takes about 256 KiB of working memory and time linear in `bytes`.
    /// - Throws: `compressor-out-of-memory`.
    public static func compress(
        _ bytes: [UInt8], level: CompressionLevel = .balanced, as format: CompressedFormat = .gzip
    ) throws(GzipFailure) -> [UInt8] {
        guard let size = UInt32(exactly: bytes.count) else {
            throw GzipFailure(
                .tooLarge, "compress at most \(UInt32.max) bytes at once: cut the data up")
        }
        var stream = z_stream()
        let begun = deflateInit2_(
            &stream, level.rawValue, Z_DEFLATED, format.windowBits, 8, Z_DEFAULT_STRATEGY,
            ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard begun == Z_OK else {
            throw GzipFailure(.noMemory, "no memory to compress: try again", cause: "zlib \(begun)")
        }
        defer { deflateEnd(&stream) }
        let bound = Int(deflateBound(&stream, UInt(size)))
        var input = bytes
        var ended = Z_OK
        let output = [UInt8](unsafeUninitializedCapacity: bound) { space, count in
            input.withUnsafeMutableBufferPointer { source in
                stream.next_in = source.baseAddress
                stream.avail_in = size
                stream.next_out = space.baseAddress
                stream.avail_out = UInt32(truncatingIfNeeded: space.count)
                ended = deflate(&stream, Z_FINISH)
                count = bound - Int(stream.avail_out)
            }
        }
        guard ended == Z_STREAM_END else {
            throw GzipFailure(.noMemory, "compression did not end", cause: "zlib \(ended)")
        }
        return output
    }

    /// Decompresses `bytes`, which must be complete.
    ///
    /// - Parameter limit: the most bytes that may come out; memory never grows beyond it by more
    ///   than one block of 64 KiB, however the input was made.
    /// - Throws: `compressed-data-garbled`, `compressed-data-cut-off`,
    ///   `decompressed-data-too-large`, `compressor-out-of-memory`.
    public static func decompress(
        _ bytes: [UInt8], limit: Int, as format: CompressedFormat = .gzip
    ) throws(GzipFailure) -> [UInt8] {
        var inflater = try Inflater(format)
        inflater.feed(bytes)
        var output: [UInt8] = []
        while let block = try inflater.next() {
            guard output.count + block.count <= limit else {
                throw GzipFailure(
                    .tooLarge,
                    "the decompressed data is larger than the limit of \(limit) bytes: send less")
            }
            output += block
        }
        try inflater.finish()
        return output
    }
}
