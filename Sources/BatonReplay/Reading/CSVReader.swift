/// One record of a CSV file.
struct CSVRecord {
    /// The line at which it begins, from 1.
    let line: Int
    /// Its fields, unquoted.
    let fields: [String]
}

/// Reads CSV as RFC 4180 has it: quotes, doubled quotes, line breaks inside quotes, LF or CRLF.
///
/// A field may not be quoted in part. A record that is garbled costs its first line only: reading
/// goes on with the next one, so that one open quote does not swallow the rest of the file.
struct CSVReader {
    /// Lines that one record may span; a product's title takes few, an open quote takes all.
    static let longestRecord = 200

    enum Next {
        case record(CSVRecord)
        case defect(line: Int, RowDefect)
        case end
    }

    /// How many fields a record must have; `nil`: any number.
    var fieldCount: Int?
    private(set) var lines: LineReader
    /// Whether the last line that was read ended with a line feed.
    private(set) var endsWithLineEnd = true
    private var isFirst = true

    init(_ lines: LineReader) { self.lines = lines }

    /// The next record or what is wrong with it; blank lines are passed over.
    mutating func next() throws(ReplayFailure) -> Next {
        while let line = try lines.next() {
            var bytes = line.bytes
            if isFirst, bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes = bytes.dropFirst(3) }
            isFirst = false
            endsWithLineEnd = line.isEnded
            if line.isTooLong {
                return .defect(line: line.number, RowDefect(.tooLong, "over 4 MiB"))
            }
            if bytes.isEmpty || bytes.elementsEqual([0x0D]) { continue }
            return try record(from: line, bytes: bytes)
        }
        return .end
    }

    private mutating func record(
        from first: TextLine, bytes: ArraySlice<UInt8>
    ) throws(ReplayFailure) -> Next {
        var text = bytes
        var more: [TextLine] = []
        while true {
            switch CSVFields.split(text) {
            case .success(let fields):
                if let fieldCount, fields.count != fieldCount {
                    lines.putBack(more)
                    let detail = "\(fields.count) fields instead of \(fieldCount)"
                    return .defect(line: first.number, RowDefect(.fieldCount, detail))
                }
                return .record(CSVRecord(line: first.number, fields: fields))
            case .failure(let defect):
                guard defect.reason == .openQuote, more.count < Self.longestRecord,
                    let line = try lines.next()
                else {
                    lines.putBack(more)
                    return .defect(line: first.number, defect)
                }
                more.append(line)
                guard !line.isTooLong, text.count + line.bytes.count < LineReader.longestLine
                else {
                    lines.putBack(more)
                    return .defect(line: first.number, defect)
                }
                text += [0x0A] + line.bytes
                endsWithLineEnd = line.isEnded
            }
        }
    }
}
