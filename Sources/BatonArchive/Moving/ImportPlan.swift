import BatonCore
package import BatonLog
import BatonWire

/// What an import is to do to one stream, decided from the archive's manifest and the log's head.
package struct ImportPlan: Hashable, Sendable {
    /// What becomes of a stream.
    package enum Kind: String, Hashable, Sendable {
        /// The log does not know the stream: it is made.
        case make
        /// The log holds it already, or a part goes below its horizon or behind its head.
        case join
        /// The archive's entries and the log's do not touch each other: nothing can be done.
        case apart
    }

    /// The stream.
    package let key: StreamKey
    /// What becomes of it.
    package let kind: Kind
    /// Entries that go below the horizon.
    package let below: UInt64
    /// Entries that are compared, since the log holds them.
    package let held: UInt64
    /// Entries that go behind the head.
    package let behind: UInt64
    /// Entries of the archive that do not join on to the rest.
    package let left: UInt64
    /// The run that is brought back.
    let run: [SegmentEntry]
    /// The snapshot from which a stream is made whose first entries the archive lacks.
    let snapshot: SnapshotEntry?

    /// Whether the log will be another one afterwards.
    package var changes: Bool { below > 0 || behind > 0 || (kind == .make && held == 0) }

    /// Decides.
    init(_ manifest: StreamManifest, key: StreamKey, head: LogHead) {
        self.key = key
        let runs = manifest.runs
        if head.offset == .start {
            let run = Array(runs.last ?? [])
            let first = run.first?.first ?? .max
            snapshot =
                first == 1
                ? nil
                : manifest.snapshots.last {
                    run.isEmpty || $0.offset + 1 >= first && $0.offset <= run[run.count - 1].last
                }
            kind = first == 1 || snapshot != nil ? .make : .apart
            self.run = kind == .make ? run : []
            (below, held) = (0, 0)
            behind = Self.entries(self.run)
        } else {
            let horizon = head.horizon.rawValue
            let touching = runs.first { run in
                guard let first = run.first?.first, let last = run.last?.last else { return false }
                return first <= head.offset.rawValue + 1 && last >= horizon
            }
            let run = Array(touching ?? [])
            self.run = run
            snapshot = nil
            kind = touching != nil ? .join : .apart
            below = Self.entries(run, upTo: horizon)
            let held = Self.entries(run, upTo: head.offset.rawValue) - below
            self.held = held
            behind = Self.entries(run) - below - held
        }
        left = manifest.entries - Self.entries(self.run)
    }

    private static func entries(_ run: [SegmentEntry], upTo end: UInt64 = .max) -> UInt64 {
        run.reduce(0) { sum, segment in
            segment.first > end ? sum : sum + min(segment.last, end) - segment.first + 1
        }
    }
}
