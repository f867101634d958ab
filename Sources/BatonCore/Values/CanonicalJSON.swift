/// Writes RFC 8785 canonical JSON: sorted keys, no white space, shortest escapes.
///
/// Only whole numbers occur, within ±(2^53 − 1), whose canonical form is their decimal digits.
struct CanonicalJSON {
    /// What was written, as UTF-8.
    private(set) var bytes: [UInt8] = []

    mutating func write(_ value: Value) {
        switch value {
        case .null: bytes += "null".utf8
        case .boolean(let flag): bytes += (flag ? "true" : "false").utf8
        case .integer(let number): bytes += String(number).utf8
        case .text(let text): write(text)
        case .list(let elements): writeList(elements) { $0.write($1) }
        case .object(let members): writeObject(members) { $0.write($1) }
        }
    }

    /// A list of what `write` makes of each element.
    mutating func writeList<Element>(
        _ elements: some Sequence<Element>, _ write: (inout CanonicalJSON, Element) -> Void
    ) {
        bytes.append(UInt8(ascii: "["))
        var isFirst = true
        for element in elements {
            if !isFirst { bytes.append(UInt8(ascii: ",")) }
            isFirst = false
            write(&self, element)
        }
        bytes.append(UInt8(ascii: "]"))
    }

    /// An object whose members are what `write` makes of each value.
    mutating func writeObject<Element>(
        _ members: [ExactText: Element], _ write: (inout CanonicalJSON, Element) -> Void
    ) {
        bytes.append(UInt8(ascii: "{"))
        var isFirst = true
        for (key, element) in members.sorted(by: { $0.key < $1.key }) {
            if !isFirst { bytes.append(UInt8(ascii: ",")) }
            isFirst = false
            self.write(key)
            bytes.append(UInt8(ascii: ":"))
            write(&self, element)
        }
        bytes.append(UInt8(ascii: "}"))
    }

    /// Text that is JSON as it stands.
    mutating func write(json text: StaticString) {
        bytes.append(
            contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    mutating func write(_ text: ExactText) {
        bytes.append(UInt8(ascii: "\""))
        text.withUTF8 { text in
            // Whatever needs no escape goes over as it is, all at once.
            if text.contains(where: Self.isEscaped) {
                for byte in text { write(byte) }
            } else {
                bytes.append(contentsOf: text)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static func isEscaped(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }

    private mutating func write(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): bytes += "\\\"".utf8
        case UInt8(ascii: "\\"): bytes += "\\\\".utf8
        case 0x8: bytes += "\\b".utf8
        case 0x9: bytes += "\\t".utf8
        case 0xA: bytes += "\\n".utf8
        case 0xC: bytes += "\\f".utf8
        case 0xD: bytes += "\\r".utf8
        case 0..<0x20:
            bytes += (byte < 0x10 ? "\\u000" : "\\u00").utf8
            bytes += String(byte, radix: 16).utf8
        default: bytes.append(byte)
        }
    }
}

extension Value {
    /// The value as RFC 8785 canonical JSON, in UTF-8. O(n log n) in its size.
    public var canonicalBytes: [UInt8] {
        var writer = CanonicalJSON()
        writer.write(self)
        return writer.bytes
    }

    /// The value as RFC 8785 canonical JSON. O(n log n) in its size.
    public var canonicalJSON: String { String(decoding: canonicalBytes, as: UTF8.self) }
}
