import ArgumentParser
import BatonCore
import BatonLog
import BatonServer
import BatonWire
import Foundation

/// What `baton compact` tells: a line for each stream as it is done, then the totals.
struct CompactionReport {
    /// What was done to all streams together.
    struct Totals: Encodable {
        var streams = 0
        /// Streams of which entries went, or would go.
        var compacted = 0
        var entries: UInt64 = 0
        var bytes: UInt64 = 0
        var archived: UInt64 = 0
        var archiveBytes = 0
        var failed = 0
    }

    private struct Line: Encodable {
        let tenant: String
        let stream: String
        let head: UInt64
        let horizon: UInt64
        let goes: UInt64
        let bytes: UInt64
        let stays: UInt64
        let why: String
        let stateHash: String?
        let archived: UInt64?
    }

    private struct Failed: Encodable {
        let tenant: String
        let stream: String
        let code: String
        let reason: String
    }

    private struct End: Encodable {
        let dryRun: Bool
        let totals: Totals
    }

    let isDryRun: Bool
    let isJSON: Bool
    private(set) var totals = Totals()

    init(isDryRun: Bool, isJSON: Bool) {
        self.isDryRun = isDryRun
        self.isJSON = isJSON
    }

    /// Tells of a stream, of which `outcome` is what was done, if anything.
    mutating func take(_ plan: CompactionPlan, _ outcome: Compactor.Outcome?) throws {
        totals.streams += 1
        let goes = outcome?.dropped ?? plan.entries
        if goes > 0 { totals.compacted += 1 }
        totals.entries += goes
        totals.bytes += goes > 0 ? plan.bytes : 0
        totals.archived += outcome?.archived ?? 0
        totals.archiveBytes += outcome?.archiveBytes ?? 0
        if isJSON {
            try Output.tell(
                line: Line(
                    tenant: plan.key.tenant.description, stream: plan.key.stream.description,
                    head: plan.head.rawValue, horizon: (outcome?.horizon ?? plan.horizon).rawValue,
                    goes: goes, bytes: goes > 0 ? plan.bytes : 0, stays: plan.stays,
                    why: plan.reason, stateHash: outcome?.stateHash.description,
                    archived: outcome?.archived))
            return
        }
        // Streams of which nothing goes are told of where somebody asks what would be.
        guard isDryRun || outcome != nil else { return }
        let name = "\(plan.key.tenant) \(plan.key.stream)"
        let verb = isDryRun ? "would go" : "gone"
        let going =
            goes > 0
            ? "\(goes) entries \(verb) (\(Self.size(plan.bytes)), up to offset \(plan.through))"
            : "nothing goes"
        let staying =
            plan.stays > 0 ? "; \(plan.stays) stay: \(plan.reason)" : ""
        let hash = outcome.map { "; state hash \($0.stateHash.description.prefix(12))… unchanged" }
        Output.tell("\(name): \(going)\(staying)\(hash ?? "")")
    }

    /// Tells of a stream that was left as it is.
    mutating func take(_ failure: CompactionFailure) throws {
        totals.streams += 1
        totals.failed += 1
        if isJSON {
            try Output.tell(
                line: Failed(
                    tenant: failure.key.tenant.description,
                    stream: failure.key.stream.description, code: failure.code.rawValue,
                    reason: failure.message))
        } else {
            Output.complain(failure.description)
        }
    }

    /// Tells the totals. Fails where a stream was left as it is.
    func end() throws {
        if isJSON {
            try Output.tell(line: End(dryRun: isDryRun, totals: totals))
        } else {
            let archived =
                totals.archived > 0
                ? ", \(totals.archived) into the archive (\(Self.size(UInt64(totals.archiveBytes))))"
                : ""
            Output.tell(
                "\(totals.compacted) of \(totals.streams) streams: \(totals.entries) entries "
                    + "\(isDryRun ? "would go" : "gone") (\(Self.size(totals.bytes)))\(archived)")
        }
        guard totals.failed == 0 else {
            throw CommandFailure("\(totals.failed) streams were left as they are: see above")
        }
    }

    /// Bytes for a person: `1.4 MB`.
    static func size(_ bytes: UInt64) -> String {
        let units = ["bytes", "kB", "MB", "GB", "TB"]
        var value = Double(bytes)
        var unit = 0
        while value >= 1_000, unit < units.count - 1 {
            value /= 1_000
            unit += 1
        }
        return unit == 0 ? "\(bytes) bytes" : String(format: "%.1f %@", value, units[unit])
    }
}
