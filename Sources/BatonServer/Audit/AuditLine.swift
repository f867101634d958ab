/// One line of the audit record: an administrative act that was begun, or how it ended.
public struct AuditLine: Codable, Hashable, Sendable {
    /// Lines are numbered from 1, through all files of a record.
    public let number: Int
    /// When it was written, as RFC 3339 in UTC.
    public let time: String
    /// What was done: `serve`, `compact`, `token.issue` …
    public let act: String
    /// How it ended: `done`, or why it failed. Absent in the line that was written before it began.
    public let outcome: String?
    /// Who did it: the user of the process, and who that became it from.
    public let by: String
    /// What it was done to. Never a key, a token or a payload.
    public let detail: [String: String]
    /// The SHA-256 of the line before, without its line feed, in hexadecimal; 64 zeros in the first.
    public let previous: String

    /// What the first line names as the one before.
    static let beginning = String(repeating: "0", count: 64)
}
