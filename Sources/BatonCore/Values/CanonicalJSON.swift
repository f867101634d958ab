/// Writes RFC 8785 canonical JSON: sorted keys, no white space, shortest escapes.
///
/// Only whole numbers occur, within ±(2^53 − 1), whose canonical form is their decimal digits.
struct CanonicalJSON {
    private(set) var text = ""

    mutating func write(_ value: Value) {
        switch value {
        case .null: text += "null"
        case .boolean(let flag): text += flag ? "true" : "false"
        case .integer(let number): text += String(number)
        case .text(let string): write(string.string)
        case .list(let elements):
            text += "["
            for (index, element) in elements.enumerated() {
                if index > 0 { text += "," }
                write(element)
            }
            text += "]"
        case .object(let members):
            text += "{"
            for (index, member) in members.sorted(by: { $0.key < $1.key }).enumerated() {
                if index > 0 { text += "," }
                write(member.key.string)
                text += ":"
                write(member.value)
            }
            text += "}"
        }
    }

    private mutating func write(_ string: String) {
        text += "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\u{8}": text += "\\b"
            case "\u{9}": text += "\\t"
            case "\u{A}": text += "\\n"
            case "\u{C}": text += "\\f"
            case "\u{D}": text += "\\r"
            case "\u{0}"..."\u{1F}":
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}

extension Value {
    /// The value as RFC 8785 canonical JSON. O(n log n) in its size.
    public var canonicalJSON: String {
        var writer = CanonicalJSON()
        writer.write(self)
        return writer.text
    }
}
