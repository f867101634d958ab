import Foundation

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The right to write to an archive: one process at a time, by flock(2) on `.lock`, which the system
/// takes back from a process that dies.
final class ArchiveLock: Sendable {
    private let descriptor: Int32

    init(archive: String) throws(ArchiveFailure) {
        let path = "\(archive)/\(ArchiveNames.lock)"
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw DurableFiles.failure("opened", path) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let isHeld = errno == EWOULDBLOCK
            let failure =
                isHeld
                ? ArchiveFailure(
                    .busy, "another process writes to \(archive): wait for it to end")
                : DurableFiles.failure("locked", path)
            close(descriptor)
            throw failure
        }
    }

    deinit {
        // Said, not left to closing: a process that is just being started may hold a copy for a moment.
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }
}
