/// A row that could not be used, and why.
public struct RowProblem: Hashable, Sendable, CustomStringConvertible {
    /// The reasons by which skipped rows are counted.
    public enum Reason: String, Sendable, CaseIterable {
        /// A quoted field has no end.
        case openQuote = "quote-not-closed"
        /// A quote stands where none may.
        case strayQuote = "stray-quote"
        /// The row has more or fewer fields than the header.
        case fieldCount = "wrong-number-of-fields"
        /// The bytes are not UTF-8 text.
        case notText = "not-utf-8"
        /// The line is longer than any row can be.
        case tooLong = "line-too-long"
        /// The line is not a JSON object with the fields of its format.
        case notJSON = "not-the-expected-json"
        /// A field that the row cannot do without is empty.
        case missingField = "field-missing"
        /// A time is not in a form that is known, or does not exist.
        case badTime = "not-a-time"
        /// A number is none, or is out of range.
        case badNumber = "not-a-number"
        /// An id cannot be used as one: too long, or of no letter or digit.
        case badName = "unusable-id"
        /// The type of a cart or order row is not one of its format.
        case unknownState = "unknown-order-status"
        /// The file's compressed data ends too early or is damaged from here on.
        case cutOff = "compressed-data-damaged"
    }

    /// Where the row begins.
    public let place: RowPlace
    /// Why it was not used.
    public let reason: Reason
    /// What exactly was found.
    public let detail: String

    /// Joins the parts.
    public init(place: RowPlace, reason: Reason, detail: String) {
        self.place = place
        self.reason = reason
        self.detail = detail
    }

    /// `file:line: reason: detail`.
    public var description: String { "\(place): \(reason.rawValue): \(detail)" }
}

/// What is wrong with a row, found where its place is not known.
struct RowDefect: Error {
    let reason: RowProblem.Reason
    let detail: String

    init(_ reason: RowProblem.Reason, _ detail: String) {
        self.reason = reason
        self.detail = detail
    }
}
