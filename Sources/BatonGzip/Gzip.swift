/// Compresses and decompresses whole byte arrays.
public enum Gzip {
    /// Compresses `bytes` into one gzip member or zlib stream.
    ///
    /// Takes about 256 KiB of working memory and time linear in `bytes`.
    /// - Throws: `compressor-out-of-memory`.
    public static func compress(
        _ bytes: [UInt8], level: CompressionLevel = .balanced, as format: CompressedFormat = .gzip
    ) throws(GzipFailure) -> [UInt8] {
        var deflater = try Deflater(level: level, as: format)
        return deflater.next(bytes) + deflater.finish()
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
