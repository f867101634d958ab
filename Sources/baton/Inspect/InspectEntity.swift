import ArgumentParser
import BatonCore
import BatonLog
import BatonWire

/// `baton inspect entity`: the value, and which writes made it.
struct InspectEntity: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "entity",
        abstract: "Print an entity, and for each field why it is what it is.",
        discussion: """
            Example:
              baton inspect entity cust-1 cart/main --data ./data

            Each field shows its live writes: which of them decides, which contribute, which
            concurrent ones are overruled, and which only keep another write alive.
            """)

    @Argument(help: "The stream.")
    var stream: String

    @Argument(help: "The entity: type/id.")
    var entity: String

    @OptionGroup var options: InspectOptions

    private struct Place: Encodable {
        let path: String
        let rule: String
        let value: String?
        let writes: [Write]
    }

    private struct Write: Encodable {
        let part: String
        let value: String?
        let replica: String
        let counter: UInt64
        let offset: UInt64?
        let channel: String?
        let time: String?
    }

    private struct Report: Encodable {
        let entity: String
        let offset: UInt64
        let value: String?
        let fields: [Place]
    }

    func run() async throws {
        let key = try options.key(stream)
        let id = try EntityID(entity)
        let log = try options.open()
        let (state, events) = try await Self.fold(key, from: log)
        await log.close()
        guard state.offset != .start else { throw key.missing() }
        guard let value = state.value(of: id, schemas: BuiltinSchemas.all) else {
            let known = state.entities.keys.sorted().map(\.description).joined(separator: ", ")
            throw CommandFailure("\(key.stream) has no \(id); it has: \(known)")
        }
        let places = state.explanation(of: id, schemas: BuiltinSchemas.all).map { place in
            Place(
                path: place.path.pointer, rule: place.rule, value: place.value?.canonicalJSON,
                writes: place.writes.map { Self.write($0, events: events) })
        }
        if options.json {
            try Output.tell(
                json: Report(
                    entity: id.description, offset: state.offset.rawValue,
                    value: value.canonicalJSON, fields: places))
            return
        }
        Output.tell("\(id) as of offset \(state.offset): \(value.canonicalJSON)")
        for place in places {
            Output.tell("\(place.path)  \(place.rule)  = \(place.value ?? "(cleared)")")
            for write in place.writes {
                let who = write.channel.map { " on \($0)" } ?? ""
                let when = write.time.map { " at \($0)" } ?? ""
                let offset = write.offset.map { ", offset \($0)" } ?? ""
                Output.tell(
                    "    \(write.part) \(write.value ?? "(cleared)")\(who)\(when)"
                        + " by \(write.replica.prefix(8))…:\(write.counter)\(offset)")
            }
        }
    }

    /// The state of the whole log, and the events above the horizon by their dots.
    private static func fold(
        _ key: StreamKey, from log: some LogEngine
    ) async throws -> (StreamState, [Dot: StoredEntry]) {
        var state = StreamState()
        if let stored = try await log.snapshot(of: key) {
            let message = try Protobuf.decode(Baton_V1_State.self, from: stored.body)
            state = try StreamState(message, offset: stored.offset)
                .refolded(schemas: BuiltinSchemas.all)
        }
        var events: [Dot: StoredEntry] = [:]
        for stored in try await StoredEntry.read(key, from: log) {
            events[stored.entry.dot] = stored
            if stored.offset > state.offset {
                state.apply(stored.entry, at: stored.offset, schemas: BuiltinSchemas.all)
            }
        }
        return (state, events)
    }

    private static func write(
        _ write: Explanation.Write, events: [Dot: StoredEntry]
    ) -> Write {
        let stored = events[write.dot]
        var channel: String?
        var time: String?
        if case .event(let event)? = stored?.entry {
            channel = event.channel.description
            time = InstantFormat.text(milliseconds: event.timestamp.milliseconds)
        }
        return Write(
            part: write.part.rawValue, value: write.value?.canonicalJSON,
            replica: write.dot.replica.description, counter: write.dot.counter.rawValue,
            offset: stored?.offset.rawValue, channel: channel, time: time)
    }
}
