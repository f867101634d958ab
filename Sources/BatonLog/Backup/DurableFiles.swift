import Crypto
import Foundation

/// Files and folders that are on the disk when a call returns.
enum DurableFiles {
    /// Waits until a file, or the list of names in a folder, is on the disk.
    static func sync(_ path: String) throws(LogFailure) {
        let file = open(path, O_RDONLY)
        guard file >= 0 else { throw failure("opened", path) }
        defer { close(file) }
        guard fsync(file) == 0 else { throw failure("brought to the disk", path) }
    }

    /// The length and SHA-256 of a file. O(its bytes), a mebibyte at a time.
    static func digest(of path: String) throws(LogFailure) -> (bytes: Int64, sha256: String) {
        let file = open(path, O_RDONLY)
        guard file >= 0 else { throw failure("opened", path) }
        defer { close(file) }
        var hash = SHA256()
        var bytes: Int64 = 0
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = buffer.withUnsafeMutableBytes { read(file, $0.baseAddress, $0.count) }
            guard count >= 0 else { throw failure("read", path) }
            if count == 0 { break }
            buffer.withUnsafeBytes {
                hash.update(bufferPointer: UnsafeRawBufferPointer(rebasing: $0[0..<count]))
            }
            bytes += Int64(count)
        }
        let digits = hash.finalize().map { byte in
            let text = String(byte, radix: 16)
            return byte < 16 ? "0" + text : text
        }
        return (bytes, digits.joined())
    }

    /// Copies a file; the copy is on the disk.
    static func copy(_ path: String, to target: String) throws(LogFailure) {
        do {
            try FileManager.default.copyItem(atPath: path, toPath: target)
        } catch {
            throw failure("copied to \(target)", path, cause: "\(error)")
        }
        try sync(target)
    }

    /// Has a file or a folder be its owner's alone. What belongs to another, and what lies where nothing has
    /// an owner, stays as it is.
    static func keepToOwner(_ path: String, isFolder: Bool = false) {
        _ = chmod(path, isFolder ? 0o700 : 0o600)
    }

    /// The names of what lies in a folder.
    static func names(in folder: String) throws(LogFailure) -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: folder)
        } catch {
            throw failure("listed", folder, cause: "\(error)")
        }
    }

    /// Takes a file or a folder with all in it away.
    static func remove(_ path: String) throws(LogFailure) {
        do {
            try FileManager.default.removeItem(atPath: path)
        } catch {
            throw failure("removed", path, cause: "\(error)")
        }
    }

    /// Gives a file another place on the same disk, which is durable once both folders are synced.
    static func move(_ path: String, to target: String) throws(LogFailure) {
        guard Foundation.rename(path, target) == 0 else {
            throw failure("moved to \(target)", path)
        }
    }

    /// Makes a folder for the owner alone, in place of what a run that was killed has left there.
    static func makeFresh(_ folder: String) throws(LogFailure) {
        do {
            if FileManager.default.fileExists(atPath: folder) {
                try FileManager.default.removeItem(atPath: folder)
            }
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
        } catch {
            throw failure("made", folder, cause: "\(error)")
        }
    }

    /// Gives a finished folder its name, in place of an empty one. Both lie in the same folder.
    static func rename(_ folder: String, to target: String) throws(LogFailure) {
        try sync(folder)
        _ = rmdir(target)
        guard Foundation.rename(folder, target) == 0 else { throw failure("renamed", folder) }
        try sync(parent(of: target))
    }

    /// Fails unless `folder` does not exist, or holds nothing.
    static func requireEmpty(_ folder: String) throws(LogFailure) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        guard names.isEmpty else { throw notEmpty(folder) }
    }

    /// That a folder holds what is not to be written over.
    static func notEmpty(_ folder: String) -> LogFailure {
        LogFailure(
            .inputOutput,
            "\(folder) is not empty: name a folder that is, or one that does not exist yet")
    }

    /// Where a folder is made before it gets its name.
    static func partial(of folder: String) -> String {
        parent(of: folder) + "/." + URL(fileURLWithPath: folder).lastPathComponent + ".partial"
    }

    private static func parent(of path: String) -> String {
        URL(fileURLWithPath: path).deletingLastPathComponent().path
    }

    private static func failure(_ action: String, _ path: String, cause: String? = nil)
        -> LogFailure
    {
        LogFailure(
            .inputOutput,
            "\(path) cannot be \(action): check that it exists, its rights, and the room on the disk",
            cause: cause ?? String(cString: strerror(errno)))
    }
}
