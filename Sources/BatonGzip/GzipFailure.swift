/// A failure to compress or decompress: what went wrong and how it may be remedied.
public struct GzipFailure: Error, Sendable, CustomStringConvertible {
    /// What kind of failure it is, by a stable name.
    public enum Code: String, Sendable, CaseIterable {
        /// The bytes are not what they claim to be, or were damaged on the way.
        case garbled = "compressed-data-garbled"
        /// The bytes end before the compressed data does.
        case cutOff = "compressed-data-cut-off"
        /// The decompressed bytes would be more than the caller allows.
        case tooLarge = "decompressed-data-too-large"
        /// The compressor could not get the memory that it needs.
        case noMemory = "compressor-out-of-memory"
    }

    /// What kind of failure it is.
    public let code: Code
    /// What went wrong and how it may be remedied.
    public let message: String
    /// What the layer below said, if anything.
    public let cause: String?
    /// Where in the source it was found.
    public let location: String

    /// Joins the parts.
    public init(
        _ code: Code, _ message: String, cause: String? = nil, file: String = #fileID,
        line: Int = #line
    ) {
        self.code = code
        self.message = message
        self.cause = cause
        location = "\(file):\(line)"
    }

    /// `code: message (cause)`.
    public var description: String {
        "\(code.rawValue): \(message)" + (cause.map { " (\($0))" } ?? "")
    }
}
