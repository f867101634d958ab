import BatonArchive
import BatonCore
import BatonLog
import BatonWire

/// What an archive holds of a stream and a damaged log proves by its hash chain: a hash that the log
/// names for an entry covers that entry and all before it (L6), so that the archive's entries up to
/// there are those that were in the log, whatever became of its own.
struct ProvenRun {
    /// A segment of which everything up to `end` is proved.
    private struct Part {
        let entry: SegmentEntry
        let end: Offset
    }

    private let archive: Archive
    private let key: StreamKey
    /// Ascending, each joined to the next.
    private let parts: [Part]

    /// The first proved offset.
    let first: Offset
    /// The last proved offset.
    let last: Offset

    /// The parts of an archive that the log proves, ascending; from those segments that hold entries
    /// from `first` on. A damaged segment proves nothing, and what it would have joined is on its own.
    static func all(
        of stream: FileRepair.Stream, in archive: Archive, from first: Offset,
        gaps: [FileRepair.Gap],
        by file: FileRepair
    ) throws(LogFailure) -> [ProvenRun] {
        guard let manifest = try? archive.manifest(of: stream.key) else { return [] }
        var runs: [[Part]] = []
        var next: ArchivedSegment?
        for entry in manifest.segments.reversed() where entry.last >= first.rawValue {
            guard let segment = try? archive.segment(entry, of: stream.key) else {
                next = nil
                continue
            }
            let isJoined = next.map {
                $0.first == segment.last.next && $0.chainBefore == segment.chainAfter
            }
            if isJoined == true, !runs.isEmpty {
                runs[runs.count - 1].append(Part(entry: entry, end: segment.last))
            } else if let end = try end(of: segment, in: stream, gaps: gaps, by: file) {
                runs.append([Part(entry: entry, end: end)])
            } else {
                next = nil
                continue
            }
            next = segment
        }
        return runs.reversed().compactMap {
            ProvenRun(archive: archive, key: stream.key, parts: $0.reversed())
        }
    }

    private init?(archive: Archive, key: StreamKey, parts: [Part]) {
        guard let begin = parts.first, let end = parts.last else { return nil }
        self.archive = archive
        self.key = key
        self.parts = parts
        first = Offset(rawValue: begin.entry.first)
        last = end.end
    }

    /// The last entry of a segment that the log bears out by a hash.
    private static func end(
        of segment: ArchivedSegment, in stream: FileRepair.Stream, gaps: [FileRepair.Gap],
        by file: FileRepair
    ) throws(LogFailure) -> Offset? {
        let range = segment.first...segment.last
        let named = try file.chains(of: stream, in: range)
        let ends = Set(gaps.map(\.range.upperBound).filter(range.contains) + [segment.last])
        for offset in Set(named.keys).union(ends).sorted(by: >) {
            guard let chain = try? segment.chain(at: offset) else { return nil }
            if named[offset]?.contains(chain) == true { return offset }
            guard ends.contains(offset) else { continue }
            if try file.isFollowed(stream, at: offset, chain: chain) { return offset }
        }
        return nil
    }

    /// The segments that hold proved entries of `range`, one at a time, in order.
    func segments(in range: ClosedRange<Offset>) -> [Int] {
        parts.indices.filter {
            parts[$0].entry.first <= range.upperBound.rawValue && parts[$0].end >= range.lowerBound
        }
    }

    /// A segment by its number. Fails where it has been damaged since.
    func segment(_ index: Int) throws(LogFailure) -> ArchivedSegment {
        do {
            return try archive.segment(parts[index].entry, of: key)
        } catch {
            throw LogFailure(.corrupt, "the archive is damaged: \(error.message)")
        }
    }

    /// Fills a gap as far as it lies in the run. Returns how many rows were put.
    func fill(_ gap: FileRepair.Gap, of stream: FileRepair.Stream, in file: FileRepair)
        throws(LogFailure) -> Int
    {
        let end = gap.isTail ? min(gap.range.upperBound, last) : gap.range.upperBound
        guard first <= gap.range.lowerBound, gap.range.lowerBound <= end, end <= last else {
            return 0
        }
        var rows = 0
        for index in segments(in: gap.range.lowerBound...end) {
            let segment = try segment(index)
            let here =
                max(gap.range.lowerBound, segment.first)...min(end, segment.last)
            var chunks: [ArchivedChunk] = []
            for chunk in segment.chunks where chunk.offset <= here.upperBound {
                chunks.append(try Self.archived(chunk))
            }
            rows += try file.fill(here, of: stream, with: chunks, after: segment.chainBefore)
        }
        return rows
    }

    /// The records of refused events up to `end` that stand among the proved entries.
    func putVoids(upTo end: Offset, of stream: FileRepair.Stream, in file: FileRepair)
        throws(LogFailure) -> Int
    {
        let end = min(end, last)
        guard first <= end else { return 0 }
        var rows = 0
        for index in segments(in: first...end) {
            for chunk in try segment(index).chunks where chunk.lastOffset <= end {
                rows += try file.put(Self.archived(chunk).voids, of: chunk, in: stream)
            }
        }
        return rows
    }

    /// A chunk with the records of its refused events.
    static func archived(_ chunk: Chunk) throws(LogFailure) -> ArchivedChunk {
        do {
            return try chunk.archived()
        } catch { throw LogFailure(.corrupt, error.message) }
    }
}
