/// What waits in front of a log, and how much may: what tells that writes come faster than the disk
/// takes them before the first one is refused as ``LogFailure/Code/overloaded``.
public struct LogLoad: Hashable, Sendable {
    /// Writes that wait for a writer.
    public var waiting = 0
    /// How many may wait.
    public var waitingLimit = 0
    /// Bytes of these writes.
    public var waitingBytes = 0
    /// How many bytes may wait.
    public var waitingBytesLimit = 0
    /// Writes in the commits that are under way.
    public var committing = 0
    /// Commits that are under way: at most one a writer.
    public var commits = 0
    /// Writers.
    public var writers = 0

    /// Nothing waits, and nothing may.
    public init() {}
}

extension LogEngine {
    /// Nothing waits where an append is carried out by its caller.
    public var load: LogLoad { LogLoad() }
}
