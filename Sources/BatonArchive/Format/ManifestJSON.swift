import BatonCore
import BatonWire
import Crypto
import Foundation

/// A manifest: one line of canonical JSON that names its own checksum (`protocol/archive.md`,
/// section 2).
protocol ManifestJSON: Decodable {
    /// What `format` must say.
    static var format: String { get }
    /// What the file said that it is.
    var format: String { get }
    /// The version of the form.
    var version: Int { get }
    /// The members but the checksum.
    var members: [ExactText: Value] { get }
    /// What it says that cannot be, whatever was archived; `nil` where there is nothing.
    var contradiction: String? { get }
}

/// What every manifest has, whatever its version.
private struct ManifestHeading: Decodable {
    let format: String
    let version: Int
}

extension ManifestJSON {
    /// The bytes of the file.
    var bytes: [UInt8] {
        var members = members
        members["checksum"] = .string(FileSum.text(Value.object(members).canonicalBytes))
        return Value.object(members).canonicalBytes + [UInt8(ascii: "\n")]
    }

    /// Reads a manifest; fails unless each byte is as it was written.
    init(bytes: [UInt8]) throws(ArchiveFailure) {
        let data = Data(bytes)
        guard let heading = try? JSONDecoder().decode(ManifestHeading.self, from: data),
            heading.format == Self.format
        else { throw ArchiveFailure(.damaged, "it is no manifest of the format \(Self.format)") }
        guard heading.version == StreamManifest.version else {
            throw ArchiveFailure(
                .newerFormat,
                "the archive is of version \(heading.version): read it with the version of baton "
                    + "that wrote it")
        }
        do {
            self = try JSONDecoder().decode(Self.self, from: data)
        } catch {
            throw ArchiveFailure(.damaged, "the manifest cannot be read", cause: "\(error)")
        }
        guard self.bytes == bytes else {
            throw ArchiveFailure(.damaged, "the manifest is not what its checksum says")
        }
        if let contradiction { throw ArchiveFailure(.damaged, "the manifest \(contradiction)") }
    }
}

/// SHA-256 as the manifests write it.
enum FileSum {
    /// 64 lowercase hexadecimal digits.
    static func text(_ bytes: [UInt8]) -> String { Hexadecimal.text(SHA256.hash(data: bytes)) }
}

/// The manifest of the whole archive.
struct ArchiveManifest: ManifestJSON {
    static let format = "baton-archive"
    let format: String
    let version: Int
    /// How many streams the archive holds at least.
    let streams: Int

    var contradiction: String? { streams < 0 ? "counts \(streams) streams" : nil }

    init(streams: Int) {
        format = Self.format
        version = StreamManifest.version
        self.streams = streams
    }

    var members: [ExactText: Value] {
        [
            "format": .string(format), "version": .integer(Int64(version)),
            "streams": .integer(Int64(streams)),
        ]
    }
}
