import BatonCore

/// Collects stored chunks into a slice, cut to what was asked: from the entry after an offset, up to
/// a limit. Entries that are missing in between are damage, and not skipped (L1).
struct SliceBuilder {
    private let after: Offset
    /// The entry that comes next, whatever is taken of it.
    private var next: Offset
    private var events: Int
    private var bytes: Int
    /// The chunks taken so far.
    private(set) var chunks: [Chunk] = []

    /// Begins after `offset`.
    init(after offset: Offset, limit: ReadLimit) {
        after = offset
        // Nothing comes after the largest number that a cursor may hold.
        next = offset.rawValue == .max ? offset : offset.next
        events = limit.events
        bytes = limit.bytes
    }

    /// Whether the limit leaves room.
    var wantsMore: Bool { events > 0 && bytes > 0 }

    /// Takes of `chunk` what is wanted. Whole chunks are not looked into.
    mutating func take(_ chunk: Chunk) throws(LogFailure) {
        guard wantsMore, chunk.lastOffset > after else { return }
        guard chunk.offset == next || (chunks.isEmpty && chunk.offset < next) else {
            throw Self.missing(next)
        }
        next = chunk.lastOffset.next
        let isCutAtStart = chunk.offset <= after
        if !isCutAtStart, chunk.count <= events, chunk.body.count <= bytes {
            add(chunk)
            return
        }
        let frames = try chunk.frames()
        let first = isCutAtStart ? Int(after.rawValue - chunk.offset.rawValue) + 1 : 0
        var end = first
        var length = 0
        while end < frames.count, end - first < events, length < bytes {
            length += frames[end].range.count
            end += 1
        }
        add(chunk.cut(first..<end, of: frames))
    }

    /// Fails where the chunks ended before the log did, and before the limit.
    func finish(at head: Offset) throws(LogFailure) {
        if wantsMore, next <= head { throw Self.missing(next) }
    }

    private static func missing(_ offset: Offset) -> LogFailure {
        LogFailure(
            .corrupt, "the entries from offset \(offset) on are missing: restore them from a backup"
        )
    }

    private mutating func add(_ chunk: Chunk) {
        chunks.append(chunk)
        events -= chunk.count
        bytes -= chunk.body.count
    }
}

extension Chunk {
    /// Where the entries' frames lie in the body; fails where the body cannot be what was written.
    func frames() throws(LogFailure) -> [EventFrames.Frame] {
        guard let frames = EventFrames.scan(body), frames.count == count else {
            throw LogFailure(
                .corrupt,
                "the entries from offset \(offset) on are damaged: restore them from a backup")
        }
        return frames
    }

    /// The chunk in pieces that end at `cuts`, where these lie inside of it.
    func cut(behind cuts: [Offset]) throws(LogFailure) -> [Chunk] {
        let ends = cuts.filter { $0 >= offset && $0 < lastOffset }.sorted()
        guard !ends.isEmpty else { return [self] }
        let frames = try frames()
        var pieces: [Chunk] = []
        var start = 0
        for end in ends + [lastOffset] {
            let count = Int(end.rawValue - offset.rawValue) + 1
            if count > start { pieces.append(cut(start..<count, of: frames)) }
            start = count
        }
        return pieces
    }

    /// Adds what stays known of the entries once they are dropped.
    func addFingerprints(
        to fingerprints: inout Fingerprints, voids: (Counter) -> VoidRecord?
    ) throws(LogFailure) {
        for (index, frame) in try frames().enumerated() {
            let void = voids(Counter(rawValue: counter.rawValue + UInt64(index)))
            fingerprints.append(
                Fingerprints.value(of: void?.digest ?? LogChain.digest(of: body[frame.content])))
        }
    }

    /// The entries at `range`, which is not empty.
    fileprivate func cut(_ range: Range<Int>, of frames: [EventFrames.Frame]) -> Chunk {
        let bytes =
            frames[range.lowerBound].range
            .lowerBound..<frames[range.upperBound - 1].range
            .upperBound
        return Chunk(
            replica: replica,
            counter: Counter(rawValue: counter.rawValue + UInt64(range.lowerBound)),
            offset: Offset(rawValue: offset.rawValue + UInt64(range.lowerBound)),
            count: range.count, body: Array(body[bytes]), receivedAt: receivedAt)
    }
}
