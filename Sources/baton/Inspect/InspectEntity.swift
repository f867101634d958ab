import ArgumentParser
import BatonCore
import BatonLog
import BatonServer
import BatonWire

/// `baton inspect entity`: the value, and how each field comes about.
struct InspectEntity: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "entity",
        abstract: "Print an entity, and for each field in a line how it comes about.",
        discussion: """
            Example:
              baton inspect entity cust-1 cart/main --data ./data

            baton inspect explain tells of each write.
            """)

    @Argument(help: "The stream.")
    var stream: String

    @Argument(help: "The entity: type/id.")
    var entity: String

    @OptionGroup var options: InspectOptions

    func run() async throws {
        let key = try options.key(stream)
        let id = try EntityID(entity)
        let schemas = try options.schemaSet()
        let log = try options.open()
        let (state, entries, horizon) = try await InspectOptions.fold(
            key, from: log, schemas: schemas)
        await log.close()
        guard let value = state.value(of: id, schemas: schemas) else {
            let known = state.entities.keys.sorted().map(\.description).joined(separator: ", ")
            throw CommandFailure("\(key.stream) has no \(id); it has: \(known)")
        }
        let shown = schemas[id.type]?.redacted(value, for: InspectOptions.role) ?? value
        let explanation = InspectOptions.explanation(
            of: id, at: FieldPath([]), state: state, entries: entries, horizon: horizon,
            schemas: schemas)
        if options.json {
            guard case .object(var members) = explanation.json else { return }
            members["value"] = shown
            Output.tell(Value.object(members).canonicalJSON)
            return
        }
        Output.tell("\(id) as of offset \(state.offset): \(shown.canonicalJSON)")
        for place in explanation.places where place.value != nil {
            Output.tell(
                "\(place.path)  \(place.rule)  = \(place.value?.canonicalJSON ?? "")  "
                    + "(\(place.summary))")
        }
    }
}
