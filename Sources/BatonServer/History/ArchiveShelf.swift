import BatonArchive
import BatonCore
import BatonLog
import BatonWire
import Foundation

/// The archive that a server may ask for what compaction took out of its log.
///
/// Reads wait for the disk on threads of their own, two at a time; cancelling one has no effect.
package final class ArchiveShelf: Sendable {
    private let path: String
    private let threads: OperationQueue

    /// An archive in `path`. One that does not exist yet holds nothing: the first compaction makes it.
    package init(_ path: String) {
        self.path = path
        threads = OperationQueue()
        threads.maxConcurrentOperationCount = 2
    }

    /// What it holds of a stream; `nil` for nothing.
    func manifest(of key: StreamKey) async throws(Problem) -> StreamManifest? {
        try await read { (path) throws(ArchiveFailure) in
            do throws(ArchiveFailure) {
                return try Archive(opening: path).manifest(of: key)
            } catch {
                guard error.code == .missing else { throw error }
                return nil
            }
        }
    }

    /// One segment of a stream, checked.
    func segment(_ entry: SegmentEntry, of key: StreamKey) async throws(Problem) -> ArchivedSegment
    {
        try await read { (path) throws(ArchiveFailure) in
            try Archive(opening: path).segment(entry, of: key)
        }
    }

    /// One snapshot of a stream, checked.
    func snapshot(_ entry: SnapshotEntry, of key: StreamKey) async throws(Problem)
        -> ArchivedSnapshot
    {
        try await read { (path) throws(ArchiveFailure) in
            try Archive(opening: path).snapshot(entry, of: key)
        }
    }

    private func read<Value: Sendable>(
        _ body: @escaping @Sendable (String) throws(ArchiveFailure) -> Value
    ) async throws(Problem) -> Value {
        let result: Result<Value, ArchiveFailure> = await withCheckedContinuation { continuation in
            threads.addOperation { [path] in
                continuation.resume(
                    returning: Result { () throws(ArchiveFailure) in try body(path) })
            }
        }
        do {
            return try result.get()
        } catch {
            throw Problem(
                .storageFailed,
                "the archive of the past cannot be read (\(error.code.rawValue)); the present is "
                    + "not touched by it")
        }
    }
}
