import Testing

@testable import BatonCore

struct CrowdingTests {
    private let a = ReplicaID(high: 0, low: 1)
    private let b = ReplicaID(high: 0, low: 2)
    private let schemas = SchemaSet([
        Schema(
            type: "wish", version: 1,
            fields: [
                Field("items", .set(.text(longest: 9)), most: 2),
                Field(
                    "lines",
                    .map(
                        .record(
                            Record([
                                Field("n", .count(CountRule())),
                                Field("tags", .set(.text(longest: 9)), most: 1),
                            ]))), most: 2),
                Field("facts", .log(.text(longest: 9)), most: 1),
                Field("free", .set(.text(longest: 9))),
            ])
    ])

    private func operation(_ path: String, _ action: Action) throws -> FieldOperation {
        FieldOperation(
            try EntityID("wish/w"), try #require(FieldPath(pointer: path)), action)
    }

    private func event(
        _ replica: ReplicaID, _ counter: UInt64, seen: UInt64 = 0, _ operations: FieldOperation...
    ) throws -> Event {
        Event(
            dot: Dot(replica, Counter(rawValue: counter)),
            context: Context(
                replica: replica, own: Counter(rawValue: counter - 1),
                seen: Offset(rawValue: seen)),
            timestamp: Timestamp(milliseconds: 1, tick: 0), channel: try ChannelName("app"),
            operations: operations)
    }

    /// The state of events that stand in the log from offset 1.
    private func state(_ events: Event...) -> StreamState {
        var state = StreamState()
        for (index, event) in events.enumerated() {
            state.apply(
                .event(event), at: Offset(rawValue: UInt64(index + 1)), schemas: schemas)
        }
        return state
    }

    @Test func `A full set takes what it holds, and a swap, but nothing more`() throws {
        let full = state(
            try event(a, 1, operation("/items", .add("x")), operation("/items", .add("y"))))
        #expect(
            full.crowding(by: try event(a, 2, operation("/items", .add("x"))), schemas: schemas)
                == nil)
        let swap = try event(
            a, 2, operation("/items", .add("z")), operation("/items", .remove("x")))
        #expect(full.crowding(by: swap, schemas: schemas) == nil)
        let more = try event(a, 2, operation("/items", .add("z")))
        let crowding = try #require(full.crowding(by: more, schemas: schemas))
        #expect(crowding.path.pointer == "/items" && crowding.count == 3 && crowding.most == 2)
        #expect(crowding.refusal.code == .schemaViolation)
        #expect(crowding.refusal.reason.hasPrefix("wish/w/items: would hold 3, and at most 2"))
    }

    @Test func `What the writer had not seen is not held against it`() throws {
        let full = state(
            try event(a, 1, operation("/items", .add("x")), operation("/items", .add("y"))))
        let apart = try event(b, 1, operation("/items", .add("z")))
        #expect(full.crowding(by: apart, schemas: schemas) == nil)
        let seeing = try event(b, 1, seen: 1, operation("/items", .add("z")))
        #expect(full.crowding(by: seeing, schemas: schemas) != nil)
    }

    @Test func `Beyond its bound a field is edited and emptied, not added to`() throws {
        let over = state(
            try event(a, 1, operation("/lines/p/n", .add(1)), operation("/lines/q/n", .add(1))),
            try event(b, 1, operation("/lines/r/n", .add(1))))
        func crowds(_ operations: FieldOperation...) throws -> Bool {
            let event = Event(
                dot: Dot(a, Counter(rawValue: 2)),
                context: Context(
                    replica: a, own: Counter(rawValue: 1), seen: Offset(rawValue: 2)),
                timestamp: Timestamp(milliseconds: 2, tick: 0), channel: try ChannelName("app"),
                operations: operations)
            return over.crowding(by: event, schemas: schemas) != nil
        }
        #expect(try !crowds(operation("/lines/r/n", .add(1))))
        #expect(try !crowds(operation("/lines", .remove("r"))))
        #expect(try crowds(operation("/lines/s/n", .add(1))))
        #expect(try crowds(operation("/lines", .remove("r")), operation("/lines/s/n", .add(1))))
        #expect(
            try !crowds(
                operation("/lines", .remove("r")), operation("/lines", .remove("q")),
                operation("/lines/s/n", .add(1))))
    }

    @Test func `Fields in the entries of a map and logs have bounds of their own`() throws {
        let empty = StreamState()
        let tags = try event(
            a, 1, operation("/lines/p/tags", .add("x")), operation("/lines/p/tags", .add("y")))
        #expect(empty.crowding(by: tags, schemas: schemas)?.path.pointer == "/lines/p/tags")
        let facts = try event(
            a, 1, operation("/facts", .append("x")), operation("/facts", .append("x")))
        #expect(empty.crowding(by: facts, schemas: schemas)?.count == 2)
    }

    @Test func `Only what may add to a bounded field is held against a state`() throws {
        #expect(schemas.mayCrowd([try operation("/items", .add("x"))]))
        #expect(schemas.mayCrowd([try operation("/lines/p/n", .add(1))]))
        for (path, action) in [
            ("/items", .remove("x")), ("/items", .clear), ("/free", .add("x")),
            (
                "/lines/p/tags",
                .keep(
                    "x",
                    Origin(
                        dot: Dot(a, Counter(rawValue: 1)), offset: .start,
                        timestamp: Timestamp(milliseconds: 1, tick: 0)))
            ),
        ] as [(String, Action)] {
            #expect(try !schemas.mayCrowd([operation(path, action)]), "\(path)")
        }
    }

    @Test func `Removals at, above or below the field may have made room in it`() throws {
        let crowding = Crowding(
            entity: try EntityID("wish/w"), path: FieldPath(["lines"]), count: 3, most: 2)
        #expect(crowding.isLessened(by: try operation("/lines", .remove("x"))))
        #expect(crowding.isLessened(by: try operation("/lines/x/n", .clear)))
        #expect(!crowding.isLessened(by: try operation("/items", .clear)))
        #expect(!crowding.isLessened(by: try operation("/lines/x/n", .add(1))))
    }
}
