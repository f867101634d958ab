import BatonCore

// RFC 8785, from its text: no white space, members by the UTF-16 units of their names, and of the
// escapes the shortest.
extension ReferenceState {
    static func encode(_ value: Value) -> String {
        switch value {
        case .null: return "null"
        case .boolean(let flag): return String(flag)
        case .integer(let number): return String(number)
        case .text(let text): return quote(text)
        case .list(let list): return array(list.map(encode))
        case .object(let members): return object(members.map { ($0.key.string, encode($0.value)) })
        }
    }

    static func array(_ elements: [String]) -> String {
        "[" + elements.joined(separator: ",") + "]"
    }

    static func object(_ members: [(String, String)]) -> String {
        let sorted = members.sorted {
            Array($0.0.utf16).lexicographicallyPrecedes(Array($1.0.utf16))
        }
        return "{" + sorted.map { "\(quote($0.0)):\($0.1)" }.joined(separator: ",") + "}"
    }

    static func quote(_ text: some CustomStringConvertible) -> String {
        let short: [UInt8: String] = [
            0x08: "\\b", 0x09: "\\t", 0x0A: "\\n", 0x0C: "\\f", 0x0D: "\\r", 0x22: "\\\"",
            0x5C: "\\\\",
        ]
        let digits = Array("0123456789abcdef".utf8)
        var bytes: [UInt8] = [0x22]
        for byte in text.description.utf8 {
            if let escape = short[byte] {
                bytes += escape.utf8
            } else if byte < 0x20 {
                bytes += Array("\\u00".utf8) + [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes + [0x22], as: UTF8.self)
    }
}
