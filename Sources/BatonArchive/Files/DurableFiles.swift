import Foundation

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

// By other names than those of the functions below.
private let posixWrite = write(_:_:_:)
private let posixRead = read(_:_:_:)

/// Files that are whole or not there, whenever the process is killed or the power goes: written
/// under another name, synced, renamed, and the folder synced (rename(2), fsync(2)).
enum DurableFiles {
    /// Writes a file in a folder that exists; one of the same name is replaced at once.
    static func write(_ bytes: [UInt8], as name: String, in folder: String)
        throws(ArchiveFailure)
    {
        let target = "\(folder)/\(name)"
        let unfinished = "\(folder)/\(ArchiveNames.unfinished)\(name)"
        let descriptor = open(unfinished, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure("made", unfinished) }
        do throws(ArchiveFailure) {
            try writeAll(bytes, to: descriptor, unfinished)
            guard fsync(descriptor) == 0 else { throw failure("synced", unfinished) }
        } catch {
            close(descriptor)
            unlink(unfinished)
            throw error
        }
        guard close(descriptor) == 0 else { throw failure("written", unfinished) }
        guard rename(unfinished, target) == 0 else { throw failure("renamed", unfinished) }
        try sync(folder: folder)
    }

    private static func writeAll(_ bytes: [UInt8], to descriptor: Int32, _ path: String)
        throws(ArchiveFailure)
    {
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { raw in
                raw.baseAddress.map {
                    posixWrite(descriptor, $0 + written, bytes.count - written)
                } ?? 0
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw failure("written", path) }
            written += count
        }
    }

    /// Makes a folder and those above it, and syncs the ones in which something was made.
    static func makeFolder(_ path: String) throws(ArchiveFailure) {
        guard !FileManager.default.fileExists(atPath: path) else { return }
        let above = (path as NSString).deletingLastPathComponent
        if !above.isEmpty, above != path { try makeFolder(above) }
        // The owner alone: an archive holds what customers did.
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw failure("made", path) }
        try sync(folder: above.isEmpty ? "." : above)
    }

    /// Makes the names in a folder durable.
    static func sync(folder: String) throws(ArchiveFailure) {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("opened", folder) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw failure("synced", folder) }
    }

    /// The bytes of a file of at most `limit` bytes; `nil` where there is none.
    static func read(_ path: String, limit: Int) throws(ArchiveFailure) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw failure("opened", path)
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure("looked at", path) }
        guard status.st_size <= limit else {
            throw ArchiveFailure(
                .damaged, "the file has \(status.st_size) bytes, more than the \(limit) it may have"
            )
        }
        var problem: ArchiveFailure?
        let bytes = [UInt8](unsafeUninitializedCapacity: Int(status.st_size)) { space, count in
            while count < space.count, let start = space.baseAddress {
                let taken = posixRead(descriptor, start + count, space.count - count)
                if taken < 0, errno == EINTR { continue }
                if taken < 0 { problem = failure("read", path) }
                guard taken > 0 else { return }
                count += taken
            }
        }
        if let problem { throw problem }
        return bytes
    }

    static func failure(_ done: String, _ path: String, line: Int = #line) -> ArchiveFailure {
        let number = errno
        let cause = String(cString: strerror(number))
        guard number != ENOSPC, number != EDQUOT else {
            return ArchiveFailure(
                .full, "\(path) cannot be \(done): make room on the disk, then go on",
                cause: cause, line: line)
        }
        return ArchiveFailure(
            .inputOutput, "\(path) cannot be \(done): check the path and its rights", cause: cause,
            line: line)
    }
}
