import ArgumentParser
import BatonCore
import BatonLog
import BatonServer

/// `baton inspect explain`: why a value is what it is.
struct InspectExplain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Say why an entity's values are what they are: who wrote what, and what decided.",
        discussion: """
            Example:
              baton inspect explain cust-1 cart/main /lines/tea/quantity --data ./data

            Each place is told of with its writes in the order of the log: those that make the
            value, those that were overruled by a concurrent one, those that a later write replaced
            and those that a removal took away. What lies below the horizon is told of by what still
            lives of it.
            """)

    @Argument(help: "The stream.")
    var stream: String

    @Argument(help: "The entity: type/id.")
    var entity: String

    @Argument(help: "A place in it, as a JSON Pointer; all that lies below is told of.")
    var field: String?

    @OptionGroup var options: InspectOptions

    func run() async throws {
        let key = try options.key(stream)
        let id = try EntityID(entity)
        guard let path = FieldPath(pointer: field ?? "") else {
            throw ValidationError("FIELD is a JSON Pointer, such as /lines/tea/quantity")
        }
        let schemas = try options.schemaSet()
        let log = try options.open()
        let (state, entries, horizon) = try await InspectOptions.fold(
            key, from: log, schemas: schemas)
        await log.close()
        let explanation = InspectOptions.explanation(
            of: id, at: path, state: state, entries: entries, horizon: horizon, schemas: schemas)
        guard !explanation.places.isEmpty || explanation.unknown > 0 else {
            let known = state.entities.keys.sorted().map(\.description).joined(separator: ", ")
            throw CommandFailure(
                "nothing lives or lived at \(id)\(path) in \(key.stream); it has: \(known)")
        }
        if options.json {
            Output.tell(explanation.json.canonicalJSON)
            return
        }
        Output.tell("\(id) in \(key.stream) as of offset \(explanation.offset)")
        if horizon != .start {
            Output.tell(
                "compacted up to offset \(horizon): of what came before, only what still lives is "
                    + "known")
        }
        if explanation.unknown > 0 {
            Output.tell(
                "\(explanation.unknown) operations are kept for a schema that knows them")
        }
        for place in explanation.places { tell(place, of: explanation) }
    }

    private func tell(_ place: Explanation, of explanation: EntityExplanation) {
        let value = place.value?.canonicalJSON ?? "(nothing)"
        Output.tell("")
        Output.tell("\(place.path) = \(value)")
        Output.tell("  \(place.rule): \(place.summary)")
        if place.omitted > 0 { Output.tell("  … \(place.omitted) older writes") }
        for write in place.writes {
            let known = explanation.events[write.dot]
            let time = InstantFormat.text(milliseconds: write.timestamp.milliseconds)
            let offset = write.offset == .start ? "pending" : "offset \(write.offset)"
            let what = "\(write.action) \(write.value?.canonicalJSON ?? "")"
                .trimmingSuffix { $0 == " " }
            Output.tell(
                "  \(write.part.rawValue): \(what) by \(write.dot.short)"
                    + (known.map { " on \($0.channel)" } ?? "")
                    + " at \(time), \(offset)\(known == nil ? " (compacted)" : "")")
            Output.tell("    \(write.why)")
            if !write.concurrent.isEmpty {
                let others = write.concurrent.map(\.short).joined(separator: ", ")
                Output.tell("    concurrent with \(others)")
            }
        }
    }
}

extension String {
    /// The text without what it ends with.
    fileprivate func trimmingSuffix(while isTrimmed: (Character) -> Bool) -> String {
        String(reversed().drop(while: isTrimmed).reversed())
    }
}
