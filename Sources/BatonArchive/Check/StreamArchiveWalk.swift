import BatonCore
import BatonLog
import BatonWire

/// Goes along what an archive holds of one stream, and holds each file against the manifest and the
/// files beside it.
struct StreamArchiveWalk {
    let archive: Archive
    let key: StreamKey
    let manifest: StreamManifest
    private(set) var findings: [ArchiveFinding] = []

    /// Where the last segment that could be read ended.
    private struct Place {
        let offset: Offset
        let chain: [UInt8]
        let vector: VersionVector
    }

    init(archive: Archive, key: StreamKey, manifest: StreamManifest) {
        self.archive = archive
        self.key = key
        self.manifest = manifest
    }

    mutating func run() throws(ArchiveFailure) {
        var snapshots: [UInt64: ArchivedSnapshot] = [:]
        for entry in manifest.snapshots {
            do {
                let snapshot = try archive.snapshot(entry, of: key)
                snapshots[entry.offset] = snapshot
                let vector = try snapshot.state().vector
                if snapshot.voids.contains(where: { !vector.covers($0.dot) }) {
                    note(entry.file, nil, "it records a refused event that it does not cover")
                }
            } catch {
                try note(entry.file, Offset(rawValue: entry.offset), error)
            }
        }
        var place: Place?
        for entry in manifest.segments {
            do {
                let segment = try archive.segment(entry, of: key)
                try check(segment, in: entry.file, after: place)
                for snapshot in snapshots.values {
                    try compare(snapshot, with: segment, in: entry.file)
                }
                place = Place(
                    offset: segment.last, chain: segment.chainAfter, vector: segment.vectorAfter)
            } catch {
                try note(entry.file, Offset(rawValue: entry.first), error)
                place = nil
            }
        }
    }

    private mutating func check(_ segment: ArchivedSegment, in file: String, after place: Place?)
        throws(ArchiveFailure)
    {
        if segment.first == Offset.start.next {
            guard segment.chainBefore == LogChain.start, segment.vectorBefore.isEmpty else {
                note(file, segment.first, "the first entry of a log follows nothing, this one does")
                return
            }
        }
        guard let place else { return }
        guard place.offset.next == segment.first else { return }
        if place.chain != segment.chainBefore {
            note(file, segment.first, "it does not follow the segment before: the chain is another")
        } else if place.vector != segment.vectorBefore {
            note(file, segment.first, "the replicas' counters are not those of the segment before")
        }
    }

    /// A snapshot in a segment, or at either end of it, says what the entries say.
    private mutating func compare(
        _ snapshot: ArchivedSnapshot, with segment: ArchivedSegment, in file: String
    ) throws(ArchiveFailure) {
        let offset = snapshot.offset
        guard offset.next >= segment.first, offset <= segment.last else { return }
        if try segment.chain(at: offset) != snapshot.chain {
            note(ArchiveNames.snapshot(at: offset), offset, "its chain is not that of \(file)")
        } else if try snapshot.state().vector != segment.vector(upTo: offset) {
            note(
                ArchiveNames.snapshot(at: offset), offset,
                "it covers other events than \(file) says")
        }
    }

    private mutating func note(_ file: String, _ offset: Offset?, _ reason: String) {
        findings.append(
            ArchiveFinding(
                stream: key, file: archive.name(of: file, of: key), offset: offset, reason: reason))
    }

    /// Damage is a finding; what keeps from reading at all is a failure.
    private mutating func note(_ file: String, _ offset: Offset?, _ failure: ArchiveFailure)
        throws(ArchiveFailure)
    {
        guard failure.code == .damaged else { throw failure }
        note(file, offset, failure.message + (failure.cause.map { " (\($0))" } ?? ""))
    }
}
