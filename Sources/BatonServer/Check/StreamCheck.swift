package import BatonCore
package import BatonLog
import BatonWire

/// Holds all that a log keeps of one stream against its entries: chain, counters and rows
/// (``SQLiteLog/findings(of:)``), then the stored snapshots and vectors against a refold, and the
/// records of refusals against those in the entries.
///
/// Works beside appends and compaction: what is asked for is asked for in slices, and where
/// compaction has meanwhile dropped what was to be folded, it begins again from the new base.
package struct StreamCheck: Sendable {
    /// What came of a check.
    package struct Outcome: Sendable {
        /// What is wrong, by offset.
        package var findings: [LogFinding] = []
        /// Entries that were folded.
        package var entries = 0
        /// Snapshots that were compared with a refold.
        package var snapshots = 0
        /// Snapshots that could not be compared, because they hold what the schemas do not declare.
        package var undeclared = 0
    }

    let log: SQLiteLog
    let schemas: SchemaSet

    /// How often a check begins again because of compaction before it is content with the chain.
    private static let tries = 5

    /// A check of streams of `log`, whose server folds under `schemas`.
    package init(_ log: SQLiteLog, schemas: SchemaSet) {
        self.log = log
        self.schemas = schemas
    }

    /// Checks a stream. O(its log above the horizon).
    package func check(_ key: StreamKey) async throws(LogFailure) -> Outcome {
        var outcome = Outcome()
        outcome.findings = try await log.findings(of: key)
        // What does not hold together cannot be folded.
        guard outcome.findings.isEmpty else { return outcome }
        for _ in 0..<Self.tries {
            var refold = Refold(key, schemas: schemas)
            guard try await fold(&refold, of: key) else { continue }
            outcome = refold.outcome
            guard outcome.findings.isEmpty else { return outcome }
            guard let findings = try await voids(of: key) else { continue }
            outcome.findings = findings
            return outcome
        }
        return outcome
    }

    /// Folds from the base on, and compares on the way. False where compaction came in between.
    private func fold(_ refold: inout Refold, of key: StreamKey) async throws(LogFailure) -> Bool {
        let start = try await log.head(of: key)
        let base = try await snapshot(of: key, .base, &refold)
        let latest = try await snapshot(of: key, .latest, &refold)
        guard refold.outcome.findings.isEmpty else { return true }
        let hasBegun = try await refold.begin(at: start.horizon, base: base) {
            (offset) async throws(LogFailure) in try await log.vector(of: key, at: offset)
        }
        guard hasBegun else { return try await log.head(of: key).horizon == start.horizon }
        refold.expect(base: base, latest: latest)
        refold.compare()
        while refold.outcome.findings.isEmpty {
            let slice = try await log.read(
                key, after: refold.position, limit: ReadLimit(events: 5_000, bytes: 4 << 20))
            guard slice.horizon <= refold.position else { return false }
            guard !slice.chunks.isEmpty else { break }
            for chunk in slice.chunks { refold.take(chunk) }
        }
        let vector = try await log.vector(of: key, at: refold.position)
        if let vector, refold.outcome.findings.isEmpty { refold.finish(vector: vector) }
        return vector != nil
    }

    /// Findings of the records of refusals. `nil` where compaction came in between.
    private func voids(of key: StreamKey) async throws(LogFailure) -> [LogFinding]? {
        let horizon = try await log.head(of: key).horizon
        var (check, position) = (VoidCheck(), horizon)
        while true {
            let slice = try await log.read(
                key, after: position, limit: ReadLimit(events: 5_000, bytes: 4 << 20))
            guard slice.horizon <= position else { return nil }
            guard let last = slice.chunks.last else { break }
            for chunk in slice.chunks {
                do {
                    try check.take(chunk)
                } catch {
                    return [
                        LogFinding(
                            offset: chunk.offset,
                            reason: "the entries cannot be decoded: \(error)")
                    ]
                }
            }
            position = last.lastOffset
        }
        guard position > horizon else { return [] }
        // After the entries: a record that came with one of them is there by now.
        return check.findings(try await log.voids(of: key), in: horizon.next...position).sorted()
    }

    private func snapshot(
        of key: StreamKey, _ kind: SnapshotKind, _ refold: inout Refold
    ) async throws(LogFailure) -> StoredSnapshot? {
        do throws(LogFailure) {
            return try await log.snapshot(of: key, kind)
        } catch {
            guard error.code == .corrupt else { throw error }
            refold.report(.start, "a stored snapshot is damaged", of: kind)
            return nil
        }
    }
}
