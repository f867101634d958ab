import BatonCore
import Foundation

/// A backup that is made a log again, in a folder of its own.
///
/// The restored log is another log than the one that was backed up: it lacks what came after. So it
/// gets an epoch of its own, by which every device sees that its offsets mean nothing here, and a
/// replica id of its own for its servers, so that no dot that was given after the backup is given to
/// another event (specification section 9.6).
public struct LogRestore: Sendable {
    /// The backup's folder.
    public let backup: String
    /// What the backup says of itself.
    public let manifest: BackupManifest

    /// Reads the manifest of the backup in `folder`.
    ///
    /// - Throws: as ``BackupManifest/read(in:)``.
    public init(from folder: String) throws(LogFailure) {
        backup = folder
        manifest = try BackupManifest.read(in: folder)
    }

    /// Checks every file, copies them into `directory`, which must not exist yet or be empty, gives
    /// them their new identity and has `approve` look at the result before it gets its name. What
    /// `approve` throws is passed on, and then nothing is left behind but a hidden folder, which the
    /// next run takes away. Returns the new identity.
    ///
    /// Cancellation has no effect.
    ///
    /// - Throws: ``LogFailure/Code/corrupt`` where the backup is damaged,
    ///   ``LogFailure/Code/inputOutput`` where `directory` holds something or cannot be written.
    public func make(
        in directory: String, identity: LogIdentity = .random(),
        approve: (_ folder: String) async throws -> Void = { _ in }
    ) async throws -> LogIdentity {
        let partial = DurableFiles.partial(of: directory)
        try await Worker.run("baton-restore") { () throws(LogFailure) in
            try copy(to: partial, of: directory, as: identity)
        }
        try await approve(partial)
        try await Worker.run("baton-restore") { () throws(LogFailure) in
            try DurableFiles.requireEmpty(directory)
            try DurableFiles.rename(partial, to: directory)
        }
        return identity
    }

    private func copy(
        to partial: String, of directory: String, as identity: LogIdentity
    ) throws(LogFailure) {
        try DurableFiles.requireEmpty(directory)
        try manifest.check(in: backup)
        try DurableFiles.makeFresh(partial)
        for file in manifest.files {
            try DurableFiles.copy(backup + "/" + file.name, to: partial + "/" + file.name)
        }
        for path in try SQLiteLog.files(in: partial) {
            try HeldDatabase.change(path, Layout.giving(identity))
            try DurableFiles.sync(path)
        }
    }
}

extension Layout {
    /// The statements that make a log's file one of another log. Epoch and id are hexadecimal digits,
    /// so that they need no quoting.
    fileprivate static func giving(_ identity: LogIdentity) -> String {
        """
        PRAGMA synchronous = FULL;
        BEGIN IMMEDIATE;
        UPDATE meta SET value = '\(identity.epoch)' WHERE key = 'epoch';
        UPDATE meta SET value = '\(identity.replica)' WHERE key = 'replica';
        UPDATE meta SET value = (\(metaSum)) WHERE key = 'sum';
        COMMIT;
        PRAGMA wal_checkpoint(TRUNCATE);
        """
    }
}
