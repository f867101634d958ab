import BatonGzip

/// The content of a file of an archive as it lies on the disk: compressed, with its checksum.
struct PackedFile {
    /// What the file holds.
    let bytes: [UInt8]
    /// SHA-256 of that.
    let sha256: String
    /// How many bytes come out of it.
    let rawBytes: Int

    /// Compresses `raw`. The fastest level: a higher one saves some percent of the bytes, and takes
    /// four times as long.
    init(_ raw: [UInt8]) throws(ArchiveFailure) {
        guard raw.count <= ArchiveLimits.rawBytes else {
            throw ArchiveFailure(
                .damaged,
                "\(raw.count) bytes for one file of an archive, of at most \(ArchiveLimits.rawBytes)"
            )
        }
        do {
            bytes = try Gzip.compress(raw, level: .fastest, as: .deflate)
        } catch {
            throw ArchiveFailure(.inputOutput, error.message, cause: error.code.rawValue)
        }
        sha256 = FileSum.text(bytes)
        rawBytes = raw.count
    }

    /// Decompresses a file's `bytes` after holding them against what the manifest says of them.
    static func unpack(
        _ bytes: [UInt8], count: Int, sha256: String, rawBytes: Int
    ) throws(ArchiveFailure) -> [UInt8] {
        guard bytes.count == count else {
            throw ArchiveFailure(
                .damaged, "the file has \(bytes.count) bytes, but the manifest says \(count)")
        }
        guard FileSum.text(bytes) == sha256 else {
            throw ArchiveFailure(.damaged, "the file is not what its checksum says")
        }
        guard rawBytes <= ArchiveLimits.rawBytes else {
            throw ArchiveFailure(
                .damaged,
                "the file would unpack to \(rawBytes) bytes, of at most \(ArchiveLimits.rawBytes)")
        }
        let raw: [UInt8]
        do {
            raw = try Gzip.decompress(bytes, limit: rawBytes, as: .deflate)
        } catch {
            throw ArchiveFailure(.damaged, "the file cannot be unpacked", cause: "\(error)")
        }
        guard raw.count == rawBytes else {
            throw ArchiveFailure(
                .damaged, "the file unpacks to \(raw.count) bytes, not to \(rawBytes)")
        }
        return raw
    }
}
