import Synchronization

/// What became of a log's commits since it was opened: what an operator is woken up for.
public struct LogRecord: Hashable, Sendable {
    /// A commit that failed, and with it all writes that were in it.
    public struct Trouble: Hashable, Sendable {
        /// What kind of failure it was.
        public let code: LogFailure.Code
        /// When it was.
        public let at: ContinuousClock.Instant

        /// Joins the parts.
        public init(_ code: LogFailure.Code, at: ContinuousClock.Instant) {
            self.code = code
            self.at = at
        }
    }

    /// Upper bounds of the kinds of ``commits``, in seconds.
    public static let bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5]

    /// Durable commits by the first bound that each took no longer than; the last number is of those
    /// beyond all bounds.
    public var commits = [Int](repeating: 0, count: LogRecord.bounds.count + 1)
    /// Seconds that all of these took together.
    public var seconds = 0.0
    /// Commits that failed.
    public var failures: [LogFailure.Code: Int] = [:]
    /// The last commit of a file, where it failed; of several files, the one that failed last.
    public var trouble: Trouble?

    /// Nothing was committed, and nothing failed.
    public init() {}

    mutating func noteCommit(took duration: Duration) {
        let took =
            Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
        commits[Self.bounds.firstIndex { took <= $0 } ?? Self.bounds.count] += 1
        seconds += took
        trouble = nil
    }

    mutating func noteFailure(_ code: LogFailure.Code, at now: ContinuousClock.Instant) {
        failures[code, default: 0] += 1
        trouble = Trouble(code, at: now)
    }

    mutating func add(_ other: LogRecord) {
        for (index, count) in other.commits.enumerated() { commits[index] += count }
        seconds += other.seconds
        failures.merge(other.failures) { $0 + $1 }
        trouble = [trouble, other.trouble].compactMap(\.self).max { $0.at < $1.at }
    }
}

extension LogEngine {
    /// Nothing, where an append is carried out by its caller, who learns what became of it.
    public var record: LogRecord { LogRecord() }
}

/// The ``LogRecord`` of one file, which its writer keeps.
final class CommitRecord: Sendable {
    private let record = Mutex(LogRecord())

    var now: LogRecord { record.withLock { $0 } }

    /// Notes that a commit which began then is durable now.
    func noteCommit(begun: ContinuousClock.Instant) {
        record.withLock { $0.noteCommit(took: begun.duration(to: .now)) }
    }

    func noteFailure(_ code: LogFailure.Code) {
        record.withLock { $0.noteFailure(code, at: .now) }
    }
}
