import BatonArchive
import BatonCore
import BatonLog
import BatonWire

/// Makes the base of a stream anew from an archive: from a snapshot that stands at the horizon, or from
/// entries up to there, folded onto an earlier one or onto nothing.
struct BaseFold {
    let stream: FileRepair.Stream
    let archive: Archive
    let runs: [ProvenRun]
    let schemas: SchemaSet

    /// The base; `nil` where the archive does not hold enough of what the log proves.
    func base(in file: FileRepair) throws(LogFailure) -> StoredSnapshot? {
        for snapshot in snapshots().reversed() where snapshot.offset >= stream.horizon {
            let named = try file.chains(of: stream, in: snapshot.offset...snapshot.offset)
            if named[snapshot.offset]?.contains(snapshot.chain) == true { return snapshot.stored }
        }
        let run = runs.last { $0.first <= stream.horizon && stream.horizon <= $0.last }
        guard let run, let start = try start(in: run) else { return nil }
        return try fold(run, onto: start)
    }

    private func snapshots() -> [ArchivedSnapshot] {
        guard let manifest = try? archive.manifest(of: stream.key) else { return [] }
        return manifest.snapshots.compactMap { try? archive.snapshot($0, of: stream.key) }
    }

    /// The last snapshot in the run up to the horizon that follows from its entries, or nothing
    /// where the run begins with the first entry.
    private func start(in run: ProvenRun) throws(LogFailure) -> StreamState? {
        for snapshot in snapshots().reversed()
        where snapshot.offset.next >= run.first && snapshot.offset <= stream.horizon {
            let place = max(snapshot.offset, run.first)
            guard let index = run.segments(in: place...place).first,
                let chain = try? run.segment(index).chain(at: snapshot.offset),
                chain == snapshot.chain,
                let state = try? snapshot.state()
            else { continue }
            return state.refolded(schemas: schemas)
        }
        return run.first == Offset.start.next ? StreamState() : nil
    }

    private func fold(_ run: ProvenRun, onto start: StreamState) throws(LogFailure)
        -> StoredSnapshot?
    {
        var state = start
        guard state.offset < stream.horizon else { return StoredSnapshot(state) }
        for index in run.segments(in: state.offset.next...stream.horizon) {
            for chunk in try run.segment(index).chunks {
                guard let entries = try? ChunkEntries.read(chunk) else { return nil }
                for (place, entry) in entries.enumerated() {
                    let offset = Offset(rawValue: chunk.offset.rawValue + UInt64(place))
                    guard offset > state.offset, offset <= stream.horizon else { continue }
                    if case .gap = state.apply(entry, at: offset, schemas: schemas) { return nil }
                }
            }
        }
        return state.offset == stream.horizon ? StoredSnapshot(state) : nil
    }
}
