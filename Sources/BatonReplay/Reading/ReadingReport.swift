/// What reading met besides events: counts by reason, and some examples of each.
public struct ReadingReport: Sendable {
    /// How many problems are kept whole; beyond that they are only counted.
    public static let keptProblems = 100

    /// Rows that were read, with those that were then skipped.
    public internal(set) var rowsRead = 0
    /// How many rows were skipped, by reason.
    public private(set) var skipped: [RowProblem.Reason: Int] = [:]
    /// The first problems, at most ``keptProblems``.
    public private(set) var problems: [RowProblem] = []
    /// How often each oddity was met.
    public private(set) var notes: [DataNote: Int] = [:]
    /// Where each oddity was first met.
    public private(set) var examples: [DataNote: RowPlace] = [:]

    private let options: ReadingOptions
    private var eventRows = 0

    init(_ options: ReadingOptions) { self.options = options }

    /// How many rows were skipped.
    public var rowsSkipped: Int { skipped.values.reduce(0, +) }

    /// Counts a row that cannot be used.
    /// - Throws: `bad-row` if reading is to stop at the first.
    mutating func skip(_ place: RowPlace, _ defect: RowDefect) throws(ReplayFailure) {
        let problem = RowProblem(place: place, reason: defect.reason, detail: defect.detail)
        if options.isStrict {
            throw ReplayFailure(
                .badRow, "\(problem): mend the line, or read on past such lines")
        }
        skipped[problem.reason, default: 0] += 1
        if problems.count < Self.keptProblems { problems.append(problem) }
    }

    /// Counts an oddity.
    mutating func note(_ note: DataNote, at place: RowPlace, times: Int = 1) {
        notes[note, default: 0] += times
        if examples[note] == nil { examples[note] = place }
    }

    /// Whether one more row that tells an event may be read.
    /// - Throws: `too-many-rows` if there are more than memory can hold.
    func hasRoomForEventRow() throws(ReplayFailure) -> Bool {
        guard eventRows < options.limit ?? .max else { return false }
        guard eventRows < ReadingOptions.mostRows else {
            throw ReplayFailure(
                .tooManyRows,
                "more than \(ReadingOptions.mostRows) rows: read fewer of them with a limit")
        }
        return true
    }

    /// Counts a row that tells an event.
    mutating func countEventRow() { eventRows += 1 }
}
