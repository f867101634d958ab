/// The two wrappings of compressed bytes that HTTP names as content codings.
public enum CompressedFormat: String, Sendable, CaseIterable {
    /// RFC 1952, the content coding `gzip`: several members may follow one another.
    case gzip
    /// RFC 1950 (zlib), the content coding `deflate` as RFC 9110, section 8.4.1.2, defines it.
    case deflate

    // zlib reads the wrapping from its window argument: 15 bits of window, and 16 more for gzip
    // (zlib.h, inflateInit2).
    var windowBits: Int32 {
        switch self {
        case .gzip: 15 + 16
        case .deflate: 15
        }
    }
}

/// How much time to spend for fewer bytes.
public enum CompressionLevel: Int32, Sendable, CaseIterable {
    /// The least time: answers that are sent once.
    case fastest = 1
    /// What zlib recommends.
    case balanced = 6
    /// The fewest bytes: files that are kept.
    case smallest = 9
}
