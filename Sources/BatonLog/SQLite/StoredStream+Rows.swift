import BatonCore

extension StoredStream {
    /// Findings of one table at most.
    private static let limit = 16

    /// Rows of the stream, its own among them but not the chunks, whose sum is not that of what they hold.
    func damagedRows() throws(LogFailure) -> [LogFinding] {
        var findings = try damaged(
            "stream", offset: "saved", "the stream's row is damaged", stream: "id")
        findings += try damaged("replica", offset: "last", "a replica's counters are damaged")
        findings += try damaged("void", offset: "offset", "the record of a refusal is damaged")
        findings += try damaged("snapshot", offset: "offset", "the stored snapshot is damaged")
        findings += try damaged(
            "idempotency", offset: "0", "what is remembered under an idempotency key is damaged")
        return findings
    }

    private func damaged(
        _ table: String, offset: String, _ reason: String, stream column: String = "stream"
    ) throws(LogFailure) -> [LogFinding] {
        var findings: [LogFinding] = []
        guard case .integer(let tenant) = rows.tenant, case .integer(let stream) = rows.stream
        else { return findings }
        try connection.rows(
            """
            SELECT \(offset) FROM \(table)
            WHERE tenant = \(tenant) AND \(column) = \(stream)
                AND NOT (\(Layout.isSound(table))) LIMIT \(Self.limit)
            """
        ) { row in
            findings.append(LogFinding(offset: Offset(row.integer(0)), reason: reason))
        }
        return findings
    }
}
