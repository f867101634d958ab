/// One row of a CSV file with a header.
struct CSVRow {
    let place: RowPlace
    let fields: [String]
    fileprivate let columns: [String: Int]

    /// The field of a column, trimmed of nothing; empty if the file has no such column.
    subscript(_ column: String) -> String {
        columns[column].map { fields[$0] } ?? ""
    }

    /// The field of a column that the row cannot do without.
    func required(_ column: String) throws(RowDefect) -> String {
        let field = self[column]
        guard !field.isEmpty else { throw RowDefect(.missingField, "\(column) is empty") }
        return field
    }
}

/// Reads a CSV file with a header row by row and reports the rows that are garbled.
struct CSVTable {
    private var reader: CSVReader
    private let file: String
    private let columns: [String: Int]
    private var isEnded = false

    init(_ file: DataFileContent) throws(ReplayFailure) {
        reader = CSVReader(LineReader(try FileBytes(path: file.path)))
        self.file = file.name
        guard case .record(let header) = try reader.next() else {
            throw ReplayFailure(.unreadable, "\(file.path) has changed while it was read")
        }
        reader.fieldCount = header.fields.count
        columns = Dictionary(
            header.fields.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// As ``next(_:)``, for a file whose rows tell events: `nil` also once the limit is reached.
    mutating func nextEvent(_ report: inout ReadingReport) throws(ReplayFailure) -> CSVRow? {
        guard try report.hasRoomForEventRow(), let row = try next(&report) else { return nil }
        report.countEventRow()
        return row
    }

    /// The next row that is whole, or `nil` at the end; what is not whole goes to the report.
    mutating func next(_ report: inout ReadingReport) throws(ReplayFailure) -> CSVRow? {
        while !isEnded {
            switch try reader.next() {
            case .record(let record):
                report.rowsRead += 1
                let place = RowPlace(file: file, line: record.line)
                return CSVRow(place: place, fields: record.fields, columns: columns)
            case .defect(let line, let defect):
                report.rowsRead += 1
                try report.skip(RowPlace(file: file, line: line), defect)
            case .end:
                isEnded = true
                try report.end(
                    of: file, reader.lines, endsWithLineEnd: reader.endsWithLineEnd)
            }
        }
        return nil
    }
}

extension ReadingReport {
    /// Notes how a file ended: as it should, damaged, or in the middle of a line.
    mutating func end(
        of file: String, _ lines: LineReader, endsWithLineEnd: Bool
    ) throws(ReplayFailure) {
        let place = RowPlace(file: file, line: lines.lastNumber + 1)
        if let damage = lines.damage {
            rowsRead += 1
            try skip(place, RowDefect(.cutOff, damage))
        } else if !endsWithLineEnd {
            note(.noLineEnd, at: RowPlace(file: file, line: lines.lastNumber))
        }
    }
}
