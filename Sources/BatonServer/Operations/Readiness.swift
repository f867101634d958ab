import BatonLog

/// Whether a server takes requests, as `/readyz` answers it: from what is known of it at a moment.
struct Readiness: Sendable {
    /// What a server is about.
    enum Phase: Sendable {
        case starting, serving
        /// It finishes what it has taken in, and takes no more.
        case stopping
    }

    /// What it is about.
    var phase: Phase
    /// Whether the log answered just now.
    var isReadable: Bool
    /// The last commit, where it failed.
    var trouble: LogRecord.Trouble?
    /// The room where the log lies; `nil` where it lies on no disk.
    var disk: DiskSpace?

    /// Below so much free space a disk counts as full: what the write-ahead log of one file grows to
    /// before it begins anew (``BatonLog/SQLiteLog/Options/walPages``).
    static let diskReserve = 64 << 20
    /// So long after a failed commit is a server left alone. Then it is ready until the next one fails:
    /// only who is asked to write finds out that writing works again.
    static let rest = Duration.seconds(10)

    /// Why it takes no requests; `nil` where it takes them.
    func problem(at now: ContinuousClock.Instant) -> Problem? {
        switch phase {
        case .starting: return Problem(.overloaded, "the server is starting; try again in a moment")
        case .stopping: return Problem(.overloaded, "the server is stopping; try again in a moment")
        case .serving: break
        }
        guard isReadable else { return Problem(.storageFailed, "the log cannot be read") }
        if let disk, disk.free < Self.diskReserve {
            return Problem(
                .storageFull,
                "\(disk.free) bytes of disk are free, less than \(Self.diskReserve): make room")
        }
        guard let trouble, trouble.at.duration(to: now) < Self.rest else { return nil }
        switch trouble.code {
        case .full: return Problem(.storageFull, "the last commit found the disk full: make room")
        case .inputOutput, .corrupt, .newerFormat:
            return Problem(.storageFailed, "the last commit failed (\(trouble.code.rawValue))")
        // The log is held by another process for a moment, or has closed: the phase tells of the latter.
        case .overloaded, .closed, .snapshotMissing, .idempotencyKeyReused: return nil
        }
    }
}
