import CSQLite
import Foundation
import Synchronization

/// SQLite's way to the disk, with an end: at the n-th change of a file the process kills itself. A write
/// is done by half then, as a disk may leave it; anything else is not done at all.
///
/// A VFS over the system's own (https://sqlite.org/vfs.html): its files are the system's, with three
/// methods replaced.
enum DyingDisk {
    private static let left = Atomic<Int>(.max)
    // Set before the first file is opened, and never again.
    nonisolated(unsafe) private static var system: sqlite3_vfs?
    nonisolated(unsafe) private static var methods: sqlite3_io_methods?

    /// Makes it the disk of all databases of this process.
    static func install(dyingAt change: Int) {
        guard let found = sqlite3_vfs_find(nil) else { preconditionFailure("SQLite has no disk") }
        left.store(change, ordering: .sequentiallyConsistent)
        system = found.pointee
        let own = UnsafeMutablePointer<sqlite3_vfs>.allocate(capacity: 1)
        own.initialize(to: found.pointee)
        own.pointee.zName = UnsafePointer(strdup("dying"))
        own.pointee.pNext = nil
        own.pointee.xOpen = { vfs, name, file, flags, outFlags in
            guard let status = DyingDisk.system?.xOpen(vfs, name, file, flags, outFlags) else {
                return SQLITE_ERROR
            }
            if status == SQLITE_OK, let file { DyingDisk.takeOver(file) }
            return status
        }
        own.pointee.xDelete = { vfs, name, sync in
            DyingDisk.change()
            return DyingDisk.system?.xDelete(vfs, name, sync) ?? SQLITE_ERROR
        }
        sqlite3_vfs_register(own, 1)
    }

    /// All files of a database have the same methods, but for those in memory, which have no disk.
    private static func takeOver(_ file: UnsafeMutablePointer<sqlite3_file>) {
        guard let original = file.pointee.pMethods else { return }
        methods = original.pointee
        let own = UnsafeMutablePointer<sqlite3_io_methods>.allocate(capacity: 1)
        own.initialize(to: original.pointee)
        own.pointee.xWrite = { file, bytes, count, offset in
            if DyingDisk.isLast {
                _ = DyingDisk.methods?.xWrite(file, bytes, count / 2, offset)
            }
            DyingDisk.change()
            return DyingDisk.methods?.xWrite(file, bytes, count, offset) ?? SQLITE_ERROR
        }
        own.pointee.xTruncate = { file, size in
            DyingDisk.change()
            return DyingDisk.methods?.xTruncate(file, size) ?? SQLITE_ERROR
        }
        own.pointee.xSync = { file, flags in
            DyingDisk.change()
            return DyingDisk.methods?.xSync(file, flags) ?? SQLITE_ERROR
        }
        file.pointee.pMethods = UnsafePointer(own)
    }

    private static var isLast: Bool { left.load(ordering: .sequentiallyConsistent) == 1 }

    private static func change() {
        if left.subtract(1, ordering: .sequentiallyConsistent).newValue <= 0 {
            kill(getpid(), SIGKILL)
        }
    }
}
