import Testing

@testable import BatonReplay

@Suite struct CSVReaderTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private struct Read {
        var records: [CSVRecord] = []
        var defects: [(line: Int, reason: RowProblem.Reason)] = []
    }

    private func read(_ text: String, fieldCount: Int? = nil) throws -> Read {
        let path = try folder.write("a.csv", text)
        var reader = CSVReader(LineReader(try FileBytes(path: path)))
        reader.fieldCount = fieldCount
        var all = Read()
        while true {
            switch try reader.next() {
            case .record(let record): all.records.append(record)
            case .defect(let line, let defect): all.defects.append((line, defect.reason))
            case .end: return all
            }
        }
    }

    @Test func `Quotes, doubled quotes, commas and line breaks inside quotes are read`() throws {
        let read = try read("a,\"b,\"\"c\"\"\",\r\n\"two\r\nlines\",,\"\"\n")
        #expect(read.records.map(\.fields) == [["a", "b,\"c\"", ""], ["two\r\nlines", "", ""]])
        #expect(read.records.map(\.line) == [1, 2])
        #expect(read.defects.isEmpty)
    }

    @Test func `Line numbers count the lines inside quotes and the blank ones`() throws {
        let read = try read("a\n\n\"b\nb\"\nc")
        #expect(read.records.map(\.line) == [1, 3, 5])
    }

    @Test func `A byte order mark is no part of the first field`() throws {
        #expect(try read("\u{FEFF}a,b\n").records.first?.fields == ["a", "b"])
        #expect(try read("\u{FEFF}\"a\",b\n").records.first?.fields == ["a", "b"])
    }

    @Test func `An open quote costs its own line only`() throws {
        let read = try read("1,2\n\"3,4\n5,6\n7,8\n", fieldCount: 2)
        #expect(read.defects.map(\.line) == [2])
        #expect(read.defects.map(\.reason) == [.openQuote])
        #expect(read.records.map(\.fields) == [["1", "2"], ["5", "6"], ["7", "8"]])
    }

    @Test func `An open quote that a later line happens to close costs its own line only`() throws {
        let read = try read("\"1,2\n3,4\n5,x\"\n7,8\n", fieldCount: 2)
        #expect(read.defects.map(\.line) == [1, 3])
        #expect(read.records.map(\.fields) == [["3", "4"], ["7", "8"]])
    }

    @Test func `Stray quotes, missing fields and broken text are told apart`() throws {
        let read = try read("a\"b,c\n\"a\"b,c\nonly\na,b,c\n", fieldCount: 2)
        #expect(
            read.defects.map(\.reason) == [.strayQuote, .strayQuote, .fieldCount, .fieldCount])
        let path = try folder.write("b.csv", bytes: [0x61, 0x2C, 0xC3, 0x28, 0x0A])
        var reader = CSVReader(LineReader(try FileBytes(path: path)))
        guard case .defect(1, let defect) = try reader.next() else {
            Issue.record("broken UTF-8 was taken for text")
            return
        }
        #expect(defect.reason == .notText)
    }

    @Test func `A line beyond any row's length is passed over`() throws {
        let long = String(repeating: "x", count: LineReader.longestLine + 1)
        let read = try read("1,2\n\(long)\n3,4\n")
        #expect(read.defects.map(\.line) == [2])
        #expect(read.defects.map(\.reason) == [.tooLong])
        #expect(read.records.map(\.line) == [1, 3])
    }

    @Test func `Lines that span blocks of the file are whole`() throws {
        let rows = (0..<20_000).map { "\($0),value-\($0)" }
        let read = try read(rows.joined(separator: "\n"))
        #expect(read.records.count == rows.count)
        #expect(
            read.records.allSatisfy { $0.fields == ["\($0.line - 1)", "value-\($0.line - 1)"] })
    }
}
