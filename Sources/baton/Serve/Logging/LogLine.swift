import BatonCore
import Logging

/// How log lines are written.
enum LogFormat: String, CaseIterable, Sendable {
    /// `2026-11-26T09:30:00.250Z notice message key=value`, for people.
    case text
    /// One JSON object a line, for machines.
    case json
}

/// One line of the log, of which each part is escaped: what a client sends cannot make a line of its own.
enum LogLine {
    /// The line with its line feed.
    static func text(
        _ format: LogFormat, time milliseconds: Int64, level: Logger.Level, message: String,
        metadata: Logger.Metadata
    ) -> String {
        let instant = InstantFormat.text(milliseconds: milliseconds)
        let facts = metadata.map { (name: name(of: $0.key), value: $0.value) }
            .sorted { $0.name < $1.name }
        var line: String
        switch format {
        case .text:
            line = "\(instant) \(level.rawValue) "
            append(escaped: message, quoted: false, to: &line)
            for fact in facts {
                line += " \(fact.name)="
                let value = "\(fact.value)"
                let isPlain = !value.isEmpty && value.utf8.allSatisfy(isPlainByte)
                append(escaped: value, quoted: !isPlain, to: &line)
            }
        case .json:
            line = "{\"time\":\"\(instant)\",\"level\":\"\(level.rawValue)\",\"message\":"
            append(escaped: message, quoted: true, to: &line)
            for fact in facts {
                line += ",\"\(fact.name)\":"
                append(json: fact.value, to: &line)
            }
            line += "}"
        }
        return line + "\n"
    }

    /// The name that a fact bears in the log: the specification's own words.
    private static func name(of key: String) -> String {
        key == "hb.request.id" ? "request" : key
    }

    private static func isPlainByte(_ byte: UInt8) -> Bool {
        byte > 0x20 && byte < 0x7F && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "=")
            && byte != UInt8(ascii: "\\")
    }

    private static func append(json value: Logger.Metadata.Value, to line: inout String) {
        switch value {
        case .array(let values):
            line += "["
            for (index, value) in values.enumerated() {
                if index > 0 { line += "," }
                append(json: value, to: &line)
            }
            line += "]"
        case .dictionary(let values):
            line += "{"
            for (index, fact) in values.sorted(by: { $0.key < $1.key }).enumerated() {
                if index > 0 { line += "," }
                append(escaped: fact.key, quoted: true, to: &line)
                line += ":"
                append(json: fact.value, to: &line)
            }
            line += "}"
        case .string, .stringConvertible:
            append(escaped: "\(value)", quoted: true, to: &line)
        }
    }

    /// Appends a text as in a JSON string (RFC 8259 section 7). C1 controls and the separators of lines
    /// and paragraphs are escaped as well: terminals act on them.
    private static func append(escaped text: String, quoted: Bool, to line: inout String) {
        if quoted { line += "\"" }
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n": line += "\\n"
            case "\t": line += "\\t"
            case "\r": line += "\\r"
            case "\"" where quoted: line += "\\\""
            case "\\": line += "\\\\"
            case _ where scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value),
                "\u{2028}", "\u{2029}":
                let digits = String(scalar.value, radix: 16)
                line += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: line.unicodeScalars.append(scalar)
            }
        }
        if quoted { line += "\"" }
    }
}
