import ArgumentParser
import BatonCore
import BatonLog
import BatonServer

/// `baton inspect events`.
struct InspectEvents: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "events", abstract: "Print a stream's events in the order of its log.",
        discussion: "Example:\n  baton inspect events cust-1 --data ./data --after 10 --limit 5")

    @Argument(help: "The stream.")
    var stream: String

    @OptionGroup var options: InspectOptions

    @Option(help: ArgumentHelp("Begin after this offset.", valueName: "offset"))
    var after: UInt64 = 0

    @Option(help: "Print at most so many.")
    var limit = 1_000

    private struct Line: Encodable {
        let offset: UInt64
        let replica: String
        let counter: UInt64
        let receivedAt: String
        var channel: String?
        var time: String?
        var seen: UInt64?
        var operations: [String]?
        var refused: String?
        var reason: String?
    }

    func validate() throws {
        guard (1...1_000_000).contains(limit) else {
            throw ValidationError("--limit is from 1 to 1000000")
        }
    }

    func run() async throws {
        let key = try options.key(stream)
        let schemas = try options.schemaSet()
        let log = try options.open()
        let head = try await log.head(of: key)
        let entries = try await StoredEntry.read(
            key, from: log, after: Offset(rawValue: after), limit: limit)
        await log.close()
        guard head.offset != .start else { throw key.missing() }
        let sight = Sight(of: InspectOptions.role, under: schemas)
        let lines = entries.map { Self.line($0.shown(in: sight), schemas: schemas) }
        if options.json {
            try Output.tell(json: lines)
            return
        }
        for line in lines {
            let what = line.channel ?? "refused for good: \(line.refused ?? "")"
            Output.tell(
                "\(line.offset)  \(line.time ?? line.receivedAt)  \(what)  "
                    + "\(line.replica.prefix(8))…:\(line.counter)"
                    + (line.seen.map { "  seen \($0)" } ?? ""))
            for operation in line.operations ?? [line.reason ?? ""] {
                Output.tell("      \(operation)")
            }
        }
        if let last = lines.last, last.offset < head.offset.rawValue {
            Output.tell("… more: --after \(last.offset)")
        }
    }

    private static func line(_ stored: StoredEntry, schemas: SchemaSet) -> Line {
        var line = Line(
            offset: stored.offset.rawValue, replica: stored.entry.dot.replica.description,
            counter: stored.entry.dot.counter.rawValue,
            receivedAt: InstantFormat.text(milliseconds: stored.receivedAt))
        switch stored.entry {
        case .event(let event):
            line.channel = event.channel.description
            line.time = InstantFormat.text(milliseconds: event.timestamp.milliseconds)
            line.seen = event.context.seen.rawValue
            line.operations = event.operations.map {
                "\($0.entity)\(schemas.redacted($0, for: InspectOptions.role).line)"
            }
        case .void(_, let refusal):
            line.refused = refusal.code.rawValue
            line.reason = refusal.reason
        }
        return line
    }
}
