internal import Foundation

/// Reads a file of one JSON object a line and reports the lines that are not.
struct JSONLines<Row: Decodable> {
    private var lines: LineReader
    private let file: String
    private let decoder = JSONDecoder()
    private var isEnded = false

    init(_ file: DataFileContent) throws(ReplayFailure) {
        lines = LineReader(try FileBytes(path: file.path))
        self.file = file.name
    }

    /// The next object, or `nil` at the end. Counts no rows but those that cannot be used.
    mutating func next(
        _ report: inout ReadingReport
    ) throws(ReplayFailure) -> (place: RowPlace, row: Row)? {
        while !isEnded, let line = try lines.next() {
            let isBlank = line.bytes.allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
            if isBlank, !line.isTooLong { continue }
            let place = RowPlace(file: file, line: line.number)
            do throws(RowDefect) {
                return (place, try decode(line))
            } catch {
                report.rowsRead += 1
                try report.skip(place, error)
            }
        }
        if !isEnded {
            isEnded = true
            // A whole object is whole also without a line end: nothing to note.
            try report.end(of: file, lines, endsWithLineEnd: true)
        }
        return nil
    }

    private func decode(_ line: TextLine) throws(RowDefect) -> Row {
        guard !line.isTooLong else { throw RowDefect(.tooLong, "over 4 MiB") }
        do {
            return try decoder.decode(Row.self, from: Data(line.bytes))
        } catch let error as DecodingError {
            throw RowDefect(.notJSON, Self.words(for: error))
        } catch {
            throw RowDefect(.notJSON, "\(error)")
        }
    }

    private static func words(for error: DecodingError) -> String {
        switch error {
        case .keyNotFound(let key, _): "no \"\(key.stringValue)\""
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            "\(context.codingPath.map(\.stringValue).joined(separator: ".")) is of another type"
        default: "not a whole JSON object"
        }
    }
}

/// A JSON text or number as text: trackers write `"15"`, `15` and `15.0` for the same price.
struct JSONText: Decodable {
    let text: String

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let string = try? container.decode(String.self) {
            text = string
        } else if let isTrue = try? container.decode(Bool.self) {
            text = isTrue ? "true" : "false"
        } else {
            text = try container.decode(Decimal.self).description
        }
    }
}
