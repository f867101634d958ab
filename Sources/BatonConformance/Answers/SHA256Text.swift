import BatonWire
import Crypto

/// SHA-256 as 64 hexadecimal digits.
enum SHA256Text {
    static func of(_ bytes: [UInt8]) -> String { Hexadecimal.text(SHA256.hash(data: bytes)) }
}
