import BatonCore
package import BatonLog
import BatonWire
import Foundation

/// An archive to read from: a folder with its manifests (`protocol/archive.md`).
///
/// Reads wait for the disk and inflate up to a segment: call them where that may be waited for.
/// A writer may add to the archive meanwhile; what was read of a manifest stays true.
package struct Archive: Sendable {
    /// The folder.
    package let path: String
    /// How many streams it holds at least.
    package let streamCount: Int

    /// Opens an archive that exists.
    /// - Throws: `archive-missing`, `archive-damaged`, `archive-newer-format`, `archive-io`.
    package init(opening path: String) throws(ArchiveFailure) {
        self.path = path
        let file = "\(path)/\(ArchiveNames.manifest)"
        guard let bytes = try DurableFiles.read(file, limit: 1 << 20) else {
            throw ArchiveFailure(
                .missing, "there is no archive in \(path): it has no \(ArchiveNames.manifest)")
        }
        streamCount = try ArchiveManifest(bytes: bytes).streams
    }

    /// The folders of streams, by their paths below the archive, ascending.
    package func folders() throws(ArchiveFailure) -> [String] {
        var folders: [String] = []
        for tenant in try Self.folders(in: path) {
            folders += try Self.folders(in: "\(path)/\(tenant)").map { "\(tenant)/\($0)" }
        }
        return folders
    }

    private static func folders(in path: String) throws(ArchiveFailure) -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: path).filter { name in
                var isFolder: ObjCBool = false
                return !name.hasPrefix(".")
                    && FileManager.default.fileExists(
                        atPath: "\(path)/\(name)", isDirectory: &isFolder)
                    && isFolder.boolValue
            }.sorted()
        } catch {
            throw ArchiveFailure(
                .inputOutput, "\(path) cannot be listed: check its rights", cause: "\(error)")
        }
    }

    /// What it holds of the stream; `nil` for nothing.
    package func manifest(of key: StreamKey) throws(ArchiveFailure) -> StreamManifest? {
        try manifest(in: ArchiveNames.folder(of: key))
    }

    /// What lies in a stream's folder; `nil` where the folder has no manifest yet.
    package func manifest(in folder: String) throws(ArchiveFailure) -> StreamManifest? {
        let name = "\(folder)/\(ArchiveNames.manifest)"
        let limit = ArchiveLimits.manifestBytes
        guard let bytes = try DurableFiles.read("\(path)/\(name)", limit: limit) else { return nil }
        let manifest = try StreamManifest(bytes: bytes)
        guard let key = manifest.key, ArchiveNames.folder(of: key) == folder else {
            throw ArchiveFailure(
                .damaged,
                "the manifest is of \(manifest.tenant)/\(manifest.stream), not of \(folder)"
            )
        }
        return manifest
    }

    /// Reads a segment and checks it by itself and against the manifest. O(bytes).
    package func segment(_ entry: SegmentEntry, of key: StreamKey) throws(ArchiveFailure)
        -> ArchivedSegment
    {
        let raw = try unpacked(
            entry.file, of: key, count: entry.bytes, sha256: entry.sha256, rawBytes: entry.rawBytes)
        let segment = try ArchivedSegment(bytes: raw)
        let times = segment.chunks.map(\.receivedAt)
        guard segment.stream == key, segment.first.rawValue == entry.first,
            segment.last.rawValue == entry.last,
            Hexadecimal.text(segment.chainBefore) == entry.chainBefore,
            Hexadecimal.text(segment.chainAfter) == entry.chainAfter,
            times.min() == entry.receivedFrom, times.max() == entry.receivedTo
        else {
            throw ArchiveFailure(.damaged, "the file holds another segment than the manifest says")
        }
        return segment
    }

    /// Reads a snapshot and checks it by itself and against the manifest. O(state).
    package func snapshot(_ entry: SnapshotEntry, of key: StreamKey) throws(ArchiveFailure)
        -> ArchivedSnapshot
    {
        let raw = try unpacked(
            entry.file, of: key, count: entry.bytes, sha256: entry.sha256, rawBytes: entry.rawBytes)
        let snapshot = try ArchivedSnapshot(bytes: raw)
        guard snapshot.stream == key, snapshot.offset.rawValue == entry.offset,
            Hexadecimal.text(snapshot.chain) == entry.chain,
            Hexadecimal.text(snapshot.stored.stateHash) == entry.stateHash
        else {
            throw ArchiveFailure(.damaged, "the file holds another snapshot than the manifest says")
        }
        return snapshot
    }

    private func unpacked(
        _ file: String, of key: StreamKey, count: Int, sha256: String, rawBytes: Int
    ) throws(ArchiveFailure) -> [UInt8] {
        let name = "\(ArchiveNames.folder(of: key))/\(file)"
        // What the manifest says is the name of a file, and never a way out of the folder.
        guard !file.contains("/"), !file.hasPrefix("."),
            let bytes = try DurableFiles.read("\(path)/\(name)", limit: ArchiveLimits.rawBytes)
        else { throw ArchiveFailure(.damaged, "the file is missing") }
        return try PackedFile.unpack(bytes, count: count, sha256: sha256, rawBytes: rawBytes)
    }

    /// The path of one of a stream's files below the archive, for messages.
    func name(of file: String, of key: StreamKey) -> String {
        "\(ArchiveNames.folder(of: key))/\(file)"
    }
}
