package import BatonArchive
import BatonCore
package import BatonLog
package import BatonWire

/// Mends what entries prove of single streams: those that stand in the log, and those of archives
/// that the log's hash chain bears out (``ProvenRun``).
///
/// Entries that are damaged or missing come back from an archive; a record of a refused event from
/// its entry; a latest snapshot that is another state than its entries make goes, since the next read
/// folds it anew; a base comes from an archive's snapshot, or is folded from the archived entries
/// where they are all there. What nothing proves is left as it is.
package struct StreamRepair: Sendable {
    private let archives: [Archive]
    private let suspects: [StreamKey: Set<SnapshotKind>]
    private let schemas: TenantSchemas

    /// A repair of the streams that a look at the log named.
    ///
    /// - Throws: as `Archive.init(opening:)`.
    package init(
        archives: [String], suspects: [StreamKey: Set<SnapshotKind>], schemas: TenantSchemas
    ) throws(ArchiveFailure) {
        var opened: [Archive] = []
        for path in archives { opened.append(try Archive(opening: path)) }
        self.archives = opened
        self.suspects = suspects
        self.schemas = schemas
    }

    /// What was done in a file, and to how many rows.
    package func run(_ file: FileRepair) throws(LogFailure) -> [(action: String, rows: Int)] {
        var deeds: [String: Int] = [:]
        for (table, column, values) in candidates() {
            deeds["rows of \(table) mended from the archive, as their sums prove", default: 0] +=
                try file.mend(table, column, with: values)
        }
        for (key, kinds) in suspects.sorted(by: { Self.isBefore($0.key, $1.key) }) {
            guard let stream = try file.stream(key) else { continue }
            try mend(stream, kinds, in: file, &deeds)
        }
        let shadows = try file.dropShadows()
        deeds["damaged rows dropped, which stand elsewhere whole"] = shadows
        return deeds.filter { $0.value > 0 }.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    private static func isBefore(_ one: StreamKey, _ other: StreamKey) -> Bool {
        one.tenant == other.tenant ? one.stream < other.stream : one.tenant < other.tenant
    }

    private func mend(
        _ stream: FileRepair.Stream, _ kinds: Set<SnapshotKind>, in file: FileRepair,
        _ deeds: inout [String: Int]
    ) throws(LogFailure) {
        for archive in archives {
            let gaps = try file.gaps(in: stream)
            guard let first = gaps.first else { break }
            let runs = try ProvenRun.all(
                of: stream, in: archive, from: first.range.lowerBound, gaps: gaps, by: file)
            for gap in gaps {
                for run in runs {
                    deeds["rows of chunk restored from the archive", default: 0] +=
                        try run.fill(gap, of: stream, in: file)
                }
            }
        }
        var voids = 0
        try file.eachChunk(
            of: stream, from: stream.horizon.next, through: Offset(rawValue: largestExactInteger)
        ) { (chunk, _) throws(LogFailure) in
            voids += try file.put(ProvenRun.archived(chunk).voids, of: chunk, in: stream)
        }
        deeds["records of refused events restored from their entries", default: 0] += voids
        if kinds.contains(.latest) {
            deeds["latest snapshots dropped, to be folded anew", default: 0] +=
                try file.drop(.latest, of: stream)
        }
        if kinds.contains(.base), stream.horizon == .start {
            deeds["bases dropped, below which all entries are there", default: 0] +=
                try file.drop(.base, of: stream)
        }
        try mendBelow(stream, kinds, in: file, &deeds)
    }

    /// Mends what stands for the entries below the horizon: records of refused events, the base.
    private func mendBelow(
        _ stream: FileRepair.Stream, _ kinds: Set<SnapshotKind>, in file: FileRepair,
        _ deeds: inout [String: Int]
    ) throws(LogFailure) {
        guard stream.horizon > .start else { return }
        var lacksBase = try file.lacksBase(stream) || kinds.contains(.base)
        let lacksVoids = try file.hasDamage(in: "void", of: stream)
        guard lacksBase || lacksVoids else { return }
        for archive in archives {
            let runs = try ProvenRun.all(
                of: stream, in: archive, from: Offset.start.next, gaps: [], by: file)
            if lacksVoids {
                for run in runs {
                    deeds["records of refused events restored from the archive", default: 0] +=
                        try run.putVoids(upTo: stream.horizon, of: stream, in: file)
                }
            }
            let fold = BaseFold(
                stream: stream, archive: archive, runs: runs,
                schemas: schemas[stream.key.tenant].set)
            if lacksBase, let base = try fold.base(in: file) {
                deeds["bases restored from the archive", default: 0] +=
                    try file.put(base: base, in: stream)
                lacksBase = false
            }
        }
    }

    /// What may have stood in damaged rows of names, hashes and ids, as the archives tell.
    private func candidates() -> [(table: String, column: String, values: [RepairValue])] {
        var tenants: Set<String> = []
        var streams: Set<String> = []
        var chains: Set<[UInt8]> = []
        var replicas: Set<ReplicaID> = []
        for archive in archives {
            for folder in (try? archive.folders()) ?? [] {
                guard let manifest = try? archive.manifest(in: folder), let key = manifest.key
                else {
                    continue
                }
                tenants.insert(key.tenant.description)
                streams.insert(key.stream.description)
                for run in manifest.runs {
                    for text in [run.first?.chainBefore, run.last?.chainAfter] {
                        if let chain = text.flatMap(Hexadecimal.bytes) { chains.insert(chain) }
                    }
                }
                guard suspects[key] != nil, let last = manifest.segments.last,
                    let segment = try? archive.segment(last, of: key)
                else { continue }
                replicas.formUnion(segment.vectorAfter.sorted.map(\.replica))
            }
        }
        return [
            ("tenant", "name", tenants.sorted().map { .name($0) }),
            ("stream", "name", streams.sorted().map { .name($0) }),
            ("stream", "horizon_chain", chains.map { .bytes($0) }),
            ("stream", "chain", chains.map { .bytes($0) }),
            ("replica", "replica", replicas.sorted().map { .bytes($0.bytes) }),
        ]
    }
}
