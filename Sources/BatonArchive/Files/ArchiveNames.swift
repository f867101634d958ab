import BatonCore
import BatonLog
import BatonWire
import Crypto

/// How files and folders of an archive are called (`protocol/archive.md`, section 1).
enum ArchiveNames {
    static let manifest = "manifest.json"
    static let lock = ".lock"
    /// What the names of unfinished files begin with.
    static let unfinished = ".tmp-"

    static func segment(at offset: Offset) -> String { digits(offset) + ".entries" }

    static func snapshot(at offset: Offset) -> String { digits(offset) + ".state" }

    /// The folder of a stream, below the archive.
    static func folder(of key: StreamKey) -> String {
        "\(key.tenant)/\(folder(of: key.stream.description))"
    }

    private static func folder(of stream: String) -> String {
        var name = ""
        for byte in stream.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                name.unicodeScalars.append(Unicode.Scalar(byte))
            default: name += "%" + Hexadecimal.text([byte])
            }
        }
        guard name.utf8.count > 200 else { return name }
        return "%" + Hexadecimal.text(SHA256.hash(data: Array(stream.utf8)))
    }

    private static func digits(_ offset: Offset) -> String {
        let digits = String(offset.rawValue)
        return String(repeating: "0", count: max(0, 16 - digits.utf8.count)) + digits
    }
}
