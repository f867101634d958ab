import BatonCore

/// Cases of what a role is shown of a log.
enum SightAnswer {
    /// The log as a role pulls it, and the state that this makes.
    static func sight(_ given: Given) throws(UnreadableCase) -> [ExactText: Value] {
        let schemas = try given.schemas()
        let role = try given.member("role").role()
        var entries: [Value] = []
        var pulled: [PlacedEntry] = []
        for placed in try given.allEntries() {
            var shown: [Value] = []
            var entry = Entry.void(placed.entry.dot, Refusal(.withheld, ""))
            if case .event(let event) = placed.entry {
                let numbers = event.operations.indices.filter {
                    let operation = event.operations[$0]
                    return schemas.shows(operation.path, of: operation.entity.type, to: role)
                }
                shown = numbers.map { .integer(Int64($0)) }
                if !numbers.isEmpty {
                    entry = .event(
                        Event(
                            dot: event.dot, context: event.context, timestamp: event.timestamp,
                            channel: event.channel, operations: numbers.map { event.operations[$0] }
                        ))
                }
            }
            entries.append(.list([.integer(Int64(placed.offset.rawValue)), .list(shown)]))
            pulled.append(PlacedEntry(offset: placed.offset, entry: entry))
        }
        var state = StreamState()
        try state.fold(pulled, schemas: schemas)
        return StateAnswer.members(of: state, schemas: schemas)
            .merging(["entries": .list(entries)]) { $1 }
    }
}
