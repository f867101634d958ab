import Foundation

/// A copy of a log that is in use, as of one moment, in a folder of its own.
///
/// Each file is held by a read transaction while its pages are copied, all from the same moment on, and
/// nobody is kept from writing. What is written meanwhile waits in the write-ahead logs, which grow by
/// as much. Made under another name, synced,
/// and renamed at the end: a backup that was killed leaves nothing that looks like one.
public struct LogBackup: Sendable {
    /// How fast to copy.
    public struct Pace: Sendable {
        /// Bytes a second at most; `nil` for as many as the disk gives.
        public var bytesPerSecond: Int?

        /// 64 MiB a second: a fraction of what a disk reads, so that a live server feels little.
        public init(bytesPerSecond: Int? = 64 << 20) { self.bytesPerSecond = bytesPerSecond }
    }

    /// Pages copied between two looks at the clock: a mebibyte or so.
    private static let pagesAtOnce: Int32 = 256

    /// The folder of the log.
    public let directory: String

    /// A backup of the log in `directory`.
    public init(of directory: String) { self.directory = directory }

    /// Files that are not the log's but belong to it, copied where they are there: each is replaced as
    /// a whole by who writes it.
    static let companions = ["schemas.json", "revoked.json"]

    /// Copies the log into `target`, which must not exist yet or be empty, and returns what was
    /// written. Works beside a live server, of this process or another; waits for the disk on a
    /// thread of its own. `progress` hears how many bytes of how many are copied.
    ///
    /// Cancellation has no effect; a process that is killed leaves only a hidden folder beside
    /// `target`, which the next backup to there takes away.
    ///
    /// - Throws: ``LogFailure/Code/inputOutput`` where there is no log, `target` is in use or cannot
    ///   be written, ``LogFailure/Code/overloaded`` where the log stays locked, and others.
    public func make(
        at target: String, now: Int64, pace: Pace = Pace(),
        progress: @escaping @Sendable (_ done: Int, _ total: Int) -> Void = { _, _ in }
    ) async throws(LogFailure) -> BackupManifest {
        try await Worker.run("baton-backup") { () throws(LogFailure) in
            try copy(to: target, now: now, pace: pace, progress: progress)
        }
    }

    private func copy(
        to target: String, now: Int64, pace: Pace, progress: (Int, Int) -> Void
    ) throws(LogFailure) -> BackupManifest {
        let paths = try SQLiteLog.files(in: directory)
        let names = paths.map { URL(fileURLWithPath: $0).lastPathComponent }
        try DurableFiles.requireEmpty(target)
        let partial = DurableFiles.partial(of: target)
        try DurableFiles.makeFresh(partial)
        // At one moment: an adoption writes to two streams, which may lie in two files.
        let held = try HeldDatabase.all(paths)
        guard let epoch = try held.first?.fact("epoch") else {
            throw LogFailure(.corrupt, "the log has lost its identity: restore it from a backup")
        }
        var bytes = 0
        for database in held { bytes += try database.pages() * database.pageSize() }
        var copied = 0
        var clock = PacedCopy(pace)
        for (name, database) in zip(names, held) {
            let size = try database.pageSize()
            try database.copy(to: partial + "/" + name, pagesAtOnce: Self.pagesAtOnce) { pages in
                clock.wait(after: copied + pages * size)
                progress(copied + pages * size, bytes)
            }
            copied += try database.pages() * size
            try DurableFiles.sync(partial + "/" + name)
        }
        let others = Self.companions.filter {
            FileManager.default.fileExists(atPath: directory + "/" + $0)
        }
        for name in others {
            try DurableFiles.copy(directory + "/" + name, to: partial + "/" + name)
        }
        var files: [BackupManifest.File] = []
        for name in names + others {
            let found = try DurableFiles.digest(of: partial + "/" + name)
            files.append(.init(name: name, bytes: found.bytes, sha256: found.sha256))
        }
        let manifest = BackupManifest(madeAt: now, epoch: epoch, files: files)
        try manifest.write(in: partial)
        try DurableFiles.rename(partial, to: target)
        return manifest
    }
}

/// Sleeps so that a copy goes no faster than it may.
private struct PacedCopy {
    private let begun = ContinuousClock.now
    private let bytesPerSecond: Int?

    init(_ pace: LogBackup.Pace) { bytesPerSecond = pace.bytesPerSecond }

    /// To be called once so many bytes were copied in all.
    mutating func wait(after bytes: Int) {
        guard let bytesPerSecond, bytesPerSecond > 0 else { return }
        let due = Double(bytes) / Double(bytesPerSecond)
        let passed = begun.duration(to: .now) / .seconds(1)
        if due > passed { Thread.sleep(forTimeInterval: due - passed) }
    }
}

extension Worker {
    /// What `body` makes, on a thread of its own: for work that waits for the disk.
    static func run<Value: Sendable>(
        _ name: String, _ body: @escaping @Sendable () throws(LogFailure) -> Value
    ) async throws(LogFailure) -> Value {
        try await withCheckedContinuation {
            (continuation: CheckedContinuation<Result<Value, LogFailure>, Never>) in
            _ = Worker(name) {
                do throws(LogFailure) {
                    continuation.resume(returning: .success(try body()))
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
        }.get()
    }
}
