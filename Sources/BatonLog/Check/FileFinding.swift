/// What is wrong with a file of the log, beyond a single stream.
public struct FileFinding: Hashable, Sendable, CustomStringConvertible {
    /// The file's name.
    public let file: String
    /// Whose data it concerns, as far as that can still be told.
    public let tenant: String?
    /// Which stream it concerns, as far as that can still be told.
    public let stream: String?
    /// What is wrong.
    public let reason: String
    /// Whether the log must not even be opened: that might change it, or mean nothing.
    public let isFatal: Bool

    init(
        _ file: String, tenant: String? = nil, stream: String? = nil, _ reason: String,
        isFatal: Bool = false
    ) {
        self.isFatal = isFatal
        self.file = file
        self.tenant = tenant
        self.stream = stream
        self.reason = reason
    }

    /// `baton.db: reason`.
    public var description: String { "\(file): \(reason)" }
}
