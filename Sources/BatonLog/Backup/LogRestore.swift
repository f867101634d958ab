import BatonCore
import Foundation

/// A backup that is made a log again, in a folder of its own.
///
/// The folder does not exist yet, or is empty: then nothing outside of it is written. Either way it is
/// no log before all of it is there, and approved.
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
    /// them their new identity and has `approve` look at the result before it gets its place. What
    /// `approve` throws is passed on, and then nothing is left behind. Returns the new identity.
    ///
    /// Cancellation has no effect. A process that is killed leaves a hidden folder in `directory`, or
    /// beside it where there is none, and maybe files without the one that makes them a log; the next
    /// run takes them away (``isBrokenOff(in:)``).
    ///
    /// - Throws: ``LogFailure/Code/corrupt`` where the backup is damaged,
    ///   ``LogFailure/Code/inputOutput`` where `directory` holds something or cannot be written.
    public func make(
        in directory: String, identity: LogIdentity = .random(),
        approve: (_ folder: String) async throws -> Void = { _ in }
    ) async throws -> LogIdentity {
        let place = RestorePlace(of: directory)
        try await Worker.run("baton-restore") { () throws(LogFailure) in
            try place.requireVacant()
            try manifest.check(in: backup)
            try place.begin()
        }
        do {
            try await Worker.run("baton-restore") { () throws(LogFailure) in
                try copy(to: place.partial, as: identity)
            }
            try await approve(place.partial)
        } catch {
            try await Worker.run("baton-restore") { place.discard() }
            throw error
        }
        try await Worker.run("baton-restore") { () throws(LogFailure) in try place.settle() }
        return identity
    }

    /// Whether a restore into `directory`, which was there before it, was broken off: what lies there is no
    /// log, and is to become none but by another restore.
    public static func isBrokenOff(in directory: String) -> Bool {
        RestorePlace.isBrokenOff(in: directory)
    }

    private func copy(to partial: String, as identity: LogIdentity) throws(LogFailure) {
        for file in manifest.files {
            let path = partial + "/" + file.name
            try DurableFiles.copy(backup + "/" + file.name, to: path)
            // As in the backup's folder, and so as SQLite makes what it lays beside them.
            DurableFiles.keepToOwner(path)
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
