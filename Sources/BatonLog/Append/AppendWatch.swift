/// What a watcher of streams is told.
public enum AppendNews: Hashable, Sendable {
    /// One of the streams may have grown: read the log to learn what is new.
    case grown
    /// The engine is closed: no more will come.
    case closed
}

/// A watch of streams, until it ends or nobody holds it any more.
public final class AppendWatch: Sendable {
    private let onEnd: @Sendable () -> Void

    /// Calls `onEnd` at the end, which may come more than once.
    public init(_ onEnd: @escaping @Sendable () -> Void = {}) { self.onEnd = onEnd }

    /// Ends it. News that is on its way may still come.
    public func end() { onEnd() }

    deinit { onEnd() }
}
