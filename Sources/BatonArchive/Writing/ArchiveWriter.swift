package import BatonLog
import Foundation

/// An archive to write to; one writer at a time, held by a lock.
///
/// Belongs to one task. What was finished is durable; a writer that is killed leaves an archive that
/// is whole, and the next one goes on from there (`protocol/archive.md`, section 5).
package final class ArchiveWriter {
    /// The folder.
    package let path: String
    private let lock: ArchiveLock
    private var streams: Int

    /// Opens the archive in `path`, and makes it where there is none.
    /// - Throws: `archive-busy`, `archive-damaged`, `archive-newer-format`, `archive-full`,
    ///   `archive-io`.
    package init(_ path: String) throws(ArchiveFailure) {
        self.path = path
        try DurableFiles.makeFolder(path)
        lock = try ArchiveLock(archive: path)
        let file = "\(path)/\(ArchiveNames.manifest)"
        if FileManager.default.fileExists(atPath: file) {
            streams = try Archive(opening: path).streamCount
        } else {
            streams = 0
            try finish()
        }
    }

    /// A writer for one stream of the archive.
    package func stream(_ key: StreamKey) throws(ArchiveFailure) -> StreamArchiveWriter {
        let archive = try Archive(opening: path)
        let known = try archive.manifest(of: key)
        return StreamArchiveWriter(
            archive: archive, key: key, manifest: known ?? StreamManifest(of: key),
            isNew: known == nil)
    }

    /// Counts a stream that was not in the archive before.
    package func count(_ stream: StreamArchiveWriter) {
        if stream.isNew, stream.isStored { streams += 1 }
    }

    /// Notes how many streams there are. Nothing is lost where it is not called; only that a stream
    /// went missing is noticed later.
    package func finish() throws(ArchiveFailure) {
        try DurableFiles.write(
            ArchiveManifest(streams: streams).bytes, as: ArchiveNames.manifest, in: path)
    }
}
