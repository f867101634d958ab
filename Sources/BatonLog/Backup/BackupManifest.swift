import BatonCore
import Foundation

/// What a backup holds, as its file `manifest.json` says: written last, so that a folder with a
/// manifest is a whole backup.
public struct BackupManifest: Codable, Sendable, Hashable {
    /// One file of a backup.
    public struct File: Codable, Sendable, Hashable {
        /// Its name in the backup's folder, and in the log's.
        public let name: String
        /// How long it is.
        public let bytes: Int64
        /// SHA-256 of it, 64 hexadecimal digits.
        public let sha256: String
    }

    /// The version of this form: 1.
    public let format: Int
    /// What wrote it, to be told from other manifests: `baton backup`.
    public let kind: String
    /// When it was begun: milliseconds since 1970.
    public let madeAt: Int64
    /// The epoch of the log that it was made of.
    public let epoch: String
    /// The files, the log's first.
    public let files: [File]

    /// The manifest's name in a backup's folder.
    static let fileName = "manifest.json"
    static let kind = "baton backup"

    init(madeAt: Int64, epoch: String, files: [File]) {
        format = 1
        kind = Self.kind
        self.madeAt = madeAt
        self.epoch = epoch
        self.files = files
    }

    /// Whether `folder` calls itself a backup.
    public static func isThere(in folder: String) -> Bool {
        FileManager.default.fileExists(atPath: folder + "/" + fileName)
    }

    /// Reads the manifest of the backup in `folder`.
    ///
    /// - Throws: ``LogFailure/Code/inputOutput`` where there is none, ``LogFailure/Code/corrupt``
    ///   where it cannot be read, ``LogFailure/Code/newerFormat``.
    public static func read(in folder: String) throws(LogFailure) -> BackupManifest {
        let path = folder + "/" + fileName
        guard let bytes = FileManager.default.contents(atPath: path) else {
            throw LogFailure(
                .inputOutput,
                "\(folder) holds no \(fileName): it is no backup, or one that was not finished")
        }
        let manifest: BackupManifest
        do {
            manifest = try JSONDecoder().decode(BackupManifest.self, from: bytes)
        } catch {
            throw LogFailure(
                .corrupt, "\(path) is damaged, or not a backup's: take another backup",
                cause: "\(error)")
        }
        guard manifest.kind == kind else {
            throw LogFailure(.corrupt, "\(path) is not a backup's: take another folder")
        }
        guard manifest.format == 1 else {
            throw LogFailure(
                .newerFormat,
                "the backup has format \(manifest.format) and this version knows 1: restore it "
                    + "with the version that made it")
        }
        return manifest
    }

    /// Writes it, durably.
    func write(in folder: String) throws(LogFailure) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        do {
            try encoder.encode(self).write(to: URL(fileURLWithPath: folder + "/" + Self.fileName))
        } catch {
            throw LogFailure(
                .inputOutput,
                "the backup's manifest cannot be written in \(folder): check its rights and the "
                    + "room on the disk", cause: "\(error)")
        }
        try DurableFiles.sync(folder + "/" + Self.fileName)
    }

    /// Holds the files of the backup in `folder` against what stands here.
    ///
    /// - Throws: ``LogFailure/Code/corrupt`` with the first file that is not as it was written.
    public func check(in folder: String) throws(LogFailure) {
        guard !files.isEmpty else { throw LogFailure(.corrupt, "the backup names no files") }
        for file in files {
            guard !file.name.contains("/"), !file.name.hasPrefix(".") else {
                throw LogFailure(.corrupt, "the manifest names a file outside of the backup")
            }
            let found = try DurableFiles.digest(of: folder + "/" + file.name)
            guard found.bytes == file.bytes, found.sha256 == file.sha256 else {
                throw LogFailure(
                    .corrupt,
                    "\(file.name) is not as it was backed up (\(found.bytes) bytes of "
                        + "\(file.bytes)): take another backup")
            }
        }
    }
}
