package import BatonCore
package import BatonLog
import BatonWire

/// Takes the entries of one stream, in order, into an archive: those that it lacks are written, those
/// that it holds are held against it.
///
/// Memory is bounded by a segment. Nothing of it counts before ``finish(movedTo:)``.
package struct StreamArchiveWriter {
    private let archive: Archive
    private let key: StreamKey
    /// What the archive holds of the stream.
    package private(set) var manifest: StreamManifest
    let isNew: Bool
    /// Whether the archive has a manifest of the stream.
    private(set) var isStored: Bool
    /// Entries that were written.
    package private(set) var written: UInt64 = 0
    /// Bytes of the files that were written.
    package private(set) var bytes = 0

    private var position = Offset.start
    private var chain = LogChain.start
    private var vector = VersionVector()
    private var pending: [Chunk] = []
    private var pendingBytes = 0
    private var pendingEntries = 0
    private var chainBefore = LogChain.start
    private var vectorBefore = VersionVector()
    private var unlisted = 0
    private var hasChanged = false

    init(archive: Archive, key: StreamKey, manifest: StreamManifest, isNew: Bool) {
        self.archive = archive
        self.key = key
        self.manifest = manifest
        self.isNew = isNew
        isStored = !isNew
    }

    /// Begins after the entry at `offset`, whose hash is `chain`; the log up to there covers `vector`.
    package mutating func begin(after offset: Offset, chain: [UInt8], vector: VersionVector)
        throws(ArchiveFailure)
    {
        position = offset
        self.chain = chain
        self.vector = vector
        try compare()
    }

    /// Takes the next chunk. O(bytes).
    package mutating func append(_ chunk: Chunk) throws(ArchiveFailure) {
        precondition(
            chunk.offset == position.next, "\(key): \(chunk.offset) comes after \(position)")
        let held = manifest.segment(at: chunk.offset)
        guard (held == nil) == (manifest.segment(at: chunk.lastOffset) == nil) else {
            throw foreign(at: chunk.offset)
        }
        if held == nil {
            if pending.isEmpty {
                chainBefore = chain
                vectorBefore = vector
            }
            pending.append(chunk)
            pendingBytes += chunk.body.count
            pendingEntries += chunk.count
        } else {
            try flush()
        }
        chain = try chunk.chain(after: chain)
        vector.insert(Dot(chunk.replica, chunk.lastCounter))
        position = chunk.lastOffset
        if held != nil { try compare() }
        if pendingBytes >= ArchiveLimits.segmentBytes
            || pendingEntries >= ArchiveLimits.segmentEntries
        {
            try flush()
        }
    }

    /// Puts a snapshot in place of those before it.
    package mutating func put(_ snapshot: ArchivedSnapshot) throws(ArchiveFailure) {
        let packed = try PackedFile(snapshot.bytes)
        let entry = SnapshotEntry(snapshot, packed: packed)
        guard manifest.snapshots != [entry] else { return }
        try write(packed, as: entry.file)
        manifest.replaceSnapshots(with: entry)
        hasChanged = true
    }

    /// Writes what is left and makes all of it count. `movedTo` is the stream into which this one was
    /// adopted, where the last entry taken is the last of its log.
    package mutating func finish(movedTo: StreamID? = nil) throws(ArchiveFailure) {
        try flush()
        if let held = manifest.segment(at: position), held.last != position.rawValue {
            // It ends inside a segment: only its content can tell whether it is the same log.
            let segment = try archive.segment(held, of: key)
            guard try segment.chain(at: position) == chain else { throw foreign(at: position) }
        }
        let target = position >= manifest.last ? movedTo?.description : manifest.movedTo
        if target != manifest.movedTo {
            manifest.move(to: movedTo)
            hasChanged = true
        }
        if hasChanged { try store() }
    }

    /// Holds the log's chain against the archive's, where a segment ends.
    private func compare() throws(ArchiveFailure) {
        guard let held = manifest.segment(at: position), held.last == position.rawValue else {
            return
        }
        guard held.chainAfter == Hexadecimal.text(chain) else { throw foreign(at: position) }
    }

    private mutating func flush() throws(ArchiveFailure) {
        guard !pending.isEmpty else { return }
        let segment = try ArchivedSegment(
            stream: key, chainBefore: chainBefore, vectorBefore: vectorBefore, chunks: pending)
        let packed = try PackedFile(segment.bytes)
        let entry = SegmentEntry(segment, packed: packed)
        try write(packed, as: entry.file)
        manifest.add(entry)
        written += UInt64(pendingEntries)
        hasChanged = true
        pending = []
        pendingBytes = 0
        pendingEntries = 0
        unlisted += 1
        if unlisted == ArchiveLimits.segmentsPerManifest { try store() }
    }

    private mutating func write(_ packed: PackedFile, as file: String) throws(ArchiveFailure) {
        let folder = "\(archive.path)/\(ArchiveNames.folder(of: key))"
        try DurableFiles.makeFolder(folder)
        try DurableFiles.write(packed.bytes, as: file, in: folder)
        bytes += packed.bytes.count
    }

    private mutating func store() throws(ArchiveFailure) {
        let folder = "\(archive.path)/\(ArchiveNames.folder(of: key))"
        try DurableFiles.makeFolder(folder)
        try DurableFiles.write(manifest.bytes, as: ArchiveNames.manifest, in: folder)
        unlisted = 0
        hasChanged = false
        isStored = true
    }

    private func foreign(at offset: Offset) -> ArchiveFailure {
        ArchiveFailure(
            .foreign,
            "what \(archive.path) holds of \(key.tenant) \(key.stream) is of another log: the entries "
                + "differ at offset \(offset) or before; take another folder for this log's archive"
        )
    }
}
