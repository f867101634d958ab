import BatonArchive
import BatonCore
import BatonLog
import BatonWire

/// The run of an archive from which a stream's log goes on: what lies below the horizon, joined to
/// what lies above it by the chain.
struct ArchivedPast: Sendable {
    let key: StreamKey
    private let shelf: ArchiveShelf
    private let segments: ArraySlice<SegmentEntry>
    private let snapshots: [SnapshotEntry]
    /// The log's horizon, up to which the archive is asked.
    let horizon: Offset

    /// Finds the run that holds all from somewhere up to the horizon; `nil` where there is none.
    /// Fails where the run is of another log.
    init?(
        of key: StreamKey, on shelf: ArchiveShelf, in engine: any LogEngine, horizon place: Offset
    ) async throws(Problem) {
        guard place > .start, let manifest = try await shelf.manifest(of: key) else { return nil }
        let beginning = try await StateCache.asking { () async throws(LogFailure) in
            try await engine.beginning(of: key)
        }
        let horizon = beginning.horizon.rawValue
        let run = manifest.runs.first { run in
            guard let first = run.first?.first, let last = run.last?.last else { return false }
            return first <= horizon && horizon <= last
        }
        guard let run, let index = run.firstIndex(where: { $0.last >= horizon }) else { return nil }
        let joint = run[index]
        let chain =
            joint.last == horizon
            ? joint.chainAfter
            : Hexadecimal.text(
                try await Self.chain(at: beginning.horizon, in: joint, of: key, on: shelf))
        guard chain == Hexadecimal.text(beginning.chain) else {
            throw Problem(
                .storageFailed,
                "the archive of \(key.stream) is of another log; the present is not touched by it")
        }
        self.key = key
        self.shelf = shelf
        segments = run.prefix(through: index)
        snapshots = manifest.snapshots
        self.horizon = beginning.horizon
    }

    private static func chain(
        at offset: Offset, in entry: SegmentEntry, of key: StreamKey, on shelf: ArchiveShelf
    ) async throws(Problem) -> [UInt8] {
        let segment = try await shelf.segment(entry, of: key)
        do {
            return try segment.chain(at: offset)
        } catch { throw Problem(.storageFailed, "the archive is damaged: \(error.message)") }
    }

    /// All after this offset is here.
    var beginning: Offset { Offset(rawValue: (segments.first?.first ?? 1) - 1) }

    /// The chunks of the segment that holds the entry after `offset`, from the chunk of that entry on;
    /// none from the horizon on.
    func chunks(after offset: Offset) async throws(Problem) -> [Chunk] {
        guard offset >= beginning, offset < horizon,
            let entry = segments.first(where: { $0.last > offset.rawValue })
        else { return [] }
        return try await shelf.segment(entry, of: key).chunks.filter {
            $0.lastOffset > offset && $0.offset <= horizon
        }
    }

    /// The last offset before the first entry that the server received after `time`; `nil` where
    /// there is no such entry here.
    func offset(before time: Int64) async throws(Problem) -> Offset? {
        for entry in segments where entry.receivedTo > time {
            let chunks = try await shelf.segment(entry, of: key).chunks
            guard let later = chunks.first(where: { $0.receivedAt > time }) else { continue }
            guard later.offset <= horizon else { return nil }
            return Offset(rawValue: later.offset.rawValue - 1)
        }
        return nil
    }

    /// A state to begin a fold from that is to end at `offset`; `nil` where the archive holds none.
    func start(for offset: Offset) async throws(Problem) -> StreamState? {
        let fitting = snapshots.last {
            $0.offset <= offset.rawValue && $0.offset >= beginning.rawValue
        }
        guard let fitting else { return beginning == .start ? StreamState() : nil }
        do {
            return try await shelf.snapshot(fitting, of: key).state()
        } catch let problem as Problem {
            throw problem
        } catch { throw Problem(.storageFailed, "the archive is damaged: \(error)") }
    }
}
