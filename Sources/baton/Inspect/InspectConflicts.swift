import ArgumentParser
import BatonCore
import BatonLog
import BatonServer

/// `baton inspect conflicts`: what concurrency decided.
struct InspectConflicts: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "conflicts",
        abstract: "List what concurrency decided: which write was picked, and which overruled.",
        discussion: """
            Examples:
              baton inspect conflicts cust-1 --data ./data
              baton inspect conflicts --data ./data --json

            A conflict is open until somebody who saw all sides writes there again. Settled ones
            are known only of streams that were never compacted.
            """)

    @Argument(help: "The stream; all of the tenant's, if left out.")
    var stream: String?

    @Option(help: ArgumentHelp("Only of this entity.", valueName: "type/id"))
    var entity: String?

    @Flag(help: "List those that were settled, too.")
    var settled = false

    @OptionGroup var options: InspectOptions

    func run() async throws {
        let schemas = try options.schemaSet()
        let wanted = try entity.map { try EntityID($0) }
        let log = try options.open()
        var found: [(StreamID, ListedConflict)] = []
        for key in try await keys(log) {
            let (state, entries, horizon) = try await InspectOptions.fold(
                key, from: log, schemas: schemas)
            var conflicts = state.conflicts(schemas: schemas)
                .filter { wanted == nil || $0.entity == wanted }
                .map { ListedConflict(conflict: $0, settledBy: nil) }
            if settled && horizon == .start {
                var history = ConflictHistory(schemas: schemas, entity: wanted)
                for stored in entries { history.take(stored.entry, at: stored.offset) }
                conflicts += history.settled
            }
            found += conflicts.map {
                (key.stream, $0.redacted(for: InspectOptions.role, schemas: schemas))
            }
        }
        await log.close()
        if options.json {
            let lines = found.map { stream, conflict in
                guard case .object(var members) = conflict.json else { return conflict.json }
                members["stream"] = .string(stream.description)
                return .object(members)
            }
            Output.tell(Value.object(["conflicts": .list(lines)]).canonicalJSON)
            return
        }
        if found.isEmpty { Output.tell("no conflicts") }
        for (stream, listed) in found {
            let conflict = listed.conflict
            let state = listed.settledBy.map { "settled by \($0.short)" } ?? "open"
            Output.tell(
                "\(stream)  \(conflict.entity)\(conflict.path)  \(conflict.rule)  \(state)")
            Output.tell("    picked    \(Self.text(conflict.picked))")
            for side in conflict.overruled { Output.tell("    overruled \(Self.text(side))") }
        }
    }

    private func keys(_ log: SQLiteLog) async throws -> [StreamKey] {
        if let stream { return [try options.key(stream)] }
        let tenant = try TenantID(options.tenant)
        var keys: [StreamKey] = []
        while true {
            let page = try await log.streams(of: tenant, after: keys.last?.stream, limit: 1_000)
            keys += page.map { StreamKey(tenant: tenant, stream: $0.stream) }
            if page.count < 1_000 { return keys }
        }
    }

    private static func text(_ side: Conflict.Side) -> String {
        let time = InstantFormat.text(milliseconds: side.timestamp.milliseconds)
        return "\(side.value?.canonicalJSON ?? "(cleared)") by \(side.dot.short) at \(time)"
    }
}
