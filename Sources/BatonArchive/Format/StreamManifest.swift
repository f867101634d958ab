package import BatonCore
package import BatonLog
import BatonWire

/// What an archive holds of one stream (`protocol/archive.md`, section 2).
package struct StreamManifest: ManifestJSON, Hashable, Sendable {
    /// The version of the form that is read and written here.
    package static let version = 1

    static let format = "baton-archive-stream"
    let format: String
    let version: Int
    let tenant: String
    let stream: String
    /// The stream into which this one was adopted, as of the last entry.
    package private(set) var movedTo: String?
    /// The segments, ascending.
    package private(set) var segments: [SegmentEntry]
    /// The snapshots, ascending.
    package private(set) var snapshots: [SnapshotEntry]

    /// Reads a manifest; fails unless each byte is as it was written.
    package static func read(_ bytes: [UInt8]) throws(ArchiveFailure) -> StreamManifest {
        try StreamManifest(bytes: bytes)
    }

    /// A manifest of nothing yet.
    init(of key: StreamKey) {
        format = Self.format
        version = Self.version
        tenant = key.tenant.description
        stream = key.stream.description
        segments = []
        snapshots = []
    }

    /// Whose entries these are.
    package var key: StreamKey? {
        guard let tenant = try? TenantID(tenant), let stream = try? StreamID(stream) else {
            return nil
        }
        return StreamKey(tenant: tenant, stream: stream)
    }

    /// The stream into which this one was adopted, as a name that has been checked.
    var target: StreamID? { movedTo.flatMap { try? StreamID($0) } }

    /// How many entries the archive holds.
    package var entries: UInt64 { segments.reduce(0) { $0 + $1.last - $1.first + 1 } }

    /// The offset of the last archived entry; ``Offset/start`` where there is none.
    package var last: Offset { Offset(rawValue: segments.last?.last ?? 0) }

    /// The maximal sequences of segments without a gap between them, in order.
    package var runs: [ArraySlice<SegmentEntry>] {
        var runs: [ArraySlice<SegmentEntry>] = []
        var start = segments.startIndex
        for index in segments.indices.dropFirst()
        where segments[index].first != segments[index - 1].last + 1 {
            runs.append(segments[start..<index])
            start = index
        }
        if start < segments.endIndex { runs.append(segments[start...]) }
        return runs
    }

    /// The segment that holds the entry at `offset`. O(log segments).
    package func segment(at offset: Offset) -> SegmentEntry? {
        let index = place(of: offset.rawValue)
        guard index < segments.count, segments[index].first <= offset.rawValue else { return nil }
        return segments[index]
    }

    mutating func add(_ segment: SegmentEntry) {
        segments.insert(segment, at: place(of: segment.first))
    }

    /// The index of the first segment that ends at `offset` or later.
    private func place(of offset: UInt64) -> Int {
        var low = 0
        var high = segments.count
        while low < high {
            let middle = (low + high) / 2
            if segments[middle].last < offset { low = middle + 1 } else { high = middle }
        }
        return low
    }

    mutating func move(to stream: StreamID?) { movedTo = stream?.description }

    /// Takes a snapshot in place of those before it: a later one serves whatever they served.
    mutating func replaceSnapshots(with snapshot: SnapshotEntry) { snapshots = [snapshot] }

    var contradiction: String? {
        if key == nil { return "names no stream that can be" }
        if movedTo != nil, target == nil {
            return "names no stream that can be as the one moved to"
        }
        guard segments.count <= ArchiveLimits.segments, snapshots.count <= ArchiveLimits.snapshots
        else { return "names more parts than there may be" }
        // In order and apart from each other (`protocol/archive.md`, section 2): so they are found by
        // halving, and what they hold together can be counted.
        var position: UInt64 = 0
        for segment in segments {
            guard segment.first > position, segment.first <= segment.last,
                segment.last <= largestExactInteger
            else {
                return "has a segment from \(segment.first) to \(segment.last) after \(position)"
            }
            position = segment.last
        }
        return snapshots.contains { $0.offset > largestExactInteger }
            ? "has a snapshot beyond every log" : nil
    }

    var members: [ExactText: Value] {
        var members: [ExactText: Value] = [
            "format": .string(format), "version": .integer(Int64(version)),
            "tenant": .string(tenant), "stream": .string(stream),
            "segments": .list(segments.map(\.value)), "snapshots": .list(snapshots.map(\.value)),
        ]
        if let movedTo { members["movedTo"] = .string(movedTo) }
        return members
    }
}

/// A segment as the manifest names it.
package struct SegmentEntry: Hashable, Sendable, Decodable {
    /// The name of its file.
    let file: String
    /// The offset of the first entry.
    package let first: UInt64
    /// The offset of the last entry.
    package let last: UInt64
    /// Bytes of the file.
    package let bytes: Int
    /// SHA-256 of the file.
    let sha256: String
    /// Bytes of its content decompressed.
    let rawBytes: Int
    /// The hash of the entry before the first, as hexadecimal digits.
    package let chainBefore: String
    /// The hash of the last entry, likewise.
    package let chainAfter: String
    /// The earliest time at which the server received one of its entries: milliseconds since 1970.
    package let receivedFrom: Int64
    /// The latest one.
    package let receivedTo: Int64

    /// The entry that names `segment`, which lies in `file` as `packed`.
    init(_ segment: ArchivedSegment, packed: PackedFile) {
        file = ArchiveNames.segment(at: segment.first)
        first = segment.first.rawValue
        last = segment.last.rawValue
        bytes = packed.bytes.count
        sha256 = packed.sha256
        rawBytes = packed.rawBytes
        chainBefore = Hexadecimal.text(segment.chainBefore)
        chainAfter = Hexadecimal.text(segment.chainAfter)
        receivedFrom = segment.chunks.map(\.receivedAt).min() ?? 0
        receivedTo = segment.chunks.map(\.receivedAt).max() ?? 0
    }

    var value: Value {
        .object([
            "file": .string(file), "first": .integer(Int64(clamping: first)),
            "last": .integer(Int64(clamping: last)), "bytes": .integer(Int64(bytes)),
            "sha256": .string(sha256), "rawBytes": .integer(Int64(rawBytes)),
            "chainBefore": .string(chainBefore), "chainAfter": .string(chainAfter),
            "receivedFrom": .integer(receivedFrom), "receivedTo": .integer(receivedTo),
        ])
    }
}

/// A snapshot as the manifest names it.
package struct SnapshotEntry: Hashable, Sendable, Decodable {
    /// The name of its file.
    let file: String
    /// All of the log up to here is in it.
    package let offset: UInt64
    /// Bytes of the file.
    package let bytes: Int
    /// SHA-256 of the file.
    let sha256: String
    /// Bytes of its content decompressed.
    let rawBytes: Int
    /// The hash of the entry at the offset, as hexadecimal digits.
    package let chain: String
    /// The state hash, likewise.
    let stateHash: String

    /// The entry that names `snapshot`, which lies in its file as `packed`.
    init(_ snapshot: ArchivedSnapshot, packed: PackedFile) {
        file = ArchiveNames.snapshot(at: snapshot.offset)
        offset = snapshot.offset.rawValue
        bytes = packed.bytes.count
        sha256 = packed.sha256
        rawBytes = packed.rawBytes
        chain = Hexadecimal.text(snapshot.chain)
        stateHash = Hexadecimal.text(snapshot.stored.stateHash)
    }

    var value: Value {
        .object([
            "file": .string(file), "offset": .integer(Int64(clamping: offset)),
            "bytes": .integer(Int64(bytes)), "sha256": .string(sha256),
            "rawBytes": .integer(Int64(rawBytes)), "chain": .string(chain),
            "stateHash": .string(stateHash),
        ])
    }
}
