import ArgumentParser

/// `baton inspect`: looks into a log, also beside a live server.
struct Inspect: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Look into a log: streams, events, an entity, why it is so, and conflicts.",
        discussion: """
            Works beside a live server. What a schema redacts shows as {"redacted":true}. Examples:
              baton inspect streams --data ./data
              baton inspect events cust-1 --data ./data
              baton inspect entity cust-1 cart/main --data ./data
              baton inspect explain cust-1 cart/main /lines/tea/quantity --data ./data
              baton inspect conflicts cust-1 --data ./data
            """,
        subcommands: [
            InspectStreams.self, InspectEvents.self, InspectEntity.self, InspectExplain.self,
            InspectConflicts.self,
        ])
}
