import BatonCore
import BatonLaws
import Testing

/// What is written so that one stream adopts another (specification section 10.5), rule by rule.
struct AdoptingTests {
    private static let text = Rule.register(.text(longest: 99), .latest)

    private let schemas = SchemaSet([
        Schema(
            type: "bag", version: 1,
            fields: [
                Field("name", text), Field("size", text, adoption: .replace),
                Field("secret", text, adoption: .ignore),
                Field("best", .register(ValueType.anyInteger, .max)),
                Field("every", .register(ValueType.anyInteger, .all)),
                Field("visits", .count(CountRule())),
                Field("record", .count(CountRule()), adoption: .max),
                Field("tags", .set(.text(longest: 99))),
                Field("diary", .log(.text(longest: 99))),
                Field("state", .workflow(Self.workflow)),
                Field(
                    "lines",
                    .map(
                        .record(
                            Record([Field("title", text), Field("count", .count(CountRule()))])))),
            ]),
        Schema(type: "bill", version: 1, adoption: .apart, fields: [Field("name", text)]),
        Schema(type: "cache", version: 1, adoption: .ignore, fields: [Field("name", text)]),
    ])

    private static let workflow = Workflow(
        precedence: ["new", "open", "shut", "lost"],
        moves: [
            Workflow.Move("", "new"), Workflow.Move("new", "open"), Workflow.Move("new", "shut"),
            Workflow.Move("open", "shut"),
        ])

    /// A stream in which one device wrote these operations, each in an event of its own.
    private func stream(
        _ device: UInt64, _ operations: [FieldOperation]...
    ) throws -> StreamState {
        var log = SampleLog()
        var writer = SampleDevice(device, schemas)
        for (index, operations) in operations.enumerated() {
            try writer.write(at: Int64(1_000 * device) + Int64(index), operations)
            writer.sync(with: &log)
        }
        return log.folded(schemas)
    }

    /// The values of the adopting stream after it has adopted `source`, and how that was written.
    private func adopt(
        _ source: StreamState, into target: StreamState
    ) throws -> (state: StreamState, groups: [[FieldOperation]]) {
        let replica = ReplicaID(high: 9, low: 9)
        let groups = target.adopting(source, by: replica, schemas: schemas) {
            (try? EntityID(type: $0.type, id: $0.id + "~x")) ?? $0
        }
        let operations = groups.flatMap { $0 }
        var state = target
        let event = Event(
            dot: Dot(replica, Counter(rawValue: 1)),
            context: Context(replica: replica, own: .none, seen: target.offset),
            timestamp: Timestamp(milliseconds: 99_999), channel: try ChannelName("service"),
            operations: operations + target.keeps(for: operations, schemas: schemas))
        guard !operations.isEmpty else { return (target, groups) }
        state.apply(.event(event), at: target.offset.next, schemas: schemas)
        return (state, groups)
    }

    @Test func `An empty stream becomes what it adopts`() throws {
        let source = try stream(
            1,
            [
                change("bag/b", "/name", .set("red")), change("bag/b", "/size", .set("L")),
                change("bag/b", "/best", .set(4)), change("bag/b", "/visits", .add(3)),
                change("bag/b", "/record", .add(7)), change("bag/b", "/tags", .add("new")),
                change("bag/b", "/diary", .append("a")), change("bag/b", "/diary", .append("b")),
                change("bag/b", "/lines/x/title", .set("X")),
                change("bag/b", "/lines/x/count", .set(2)),
                change("bag/b", "/state", .move(from: "", to: "new")),
            ], [change("bag/b", "/state", .move(from: "new", to: "shut"))])
        let (state, groups) = try adopt(source, into: StreamState())
        #expect(try state.json(of: "bag/b", schemas) == source.json(of: "bag/b", schemas))
        // The workflow went the shortest declared way, and the line's parts stand together.
        let moves = groups.flatMap { $0 }.compactMap { operation -> ExactText? in
            guard case .move(_, let to) = operation.action else { return nil }
            return to
        }
        #expect(moves == ["new", "shut"])
        #expect(groups.count == 2 && groups.contains { $0.count == 2 })
    }

    @Test func `Numbers add up or the greater stands, and what the customer has said stays`()
        throws
    {
        let source = try stream(
            1,
            [
                change("bag/b", "/name", .set("red")), change("bag/b", "/size", .set("L")),
                change("bag/b", "/visits", .add(3)), change("bag/b", "/record", .add(7)),
                change("bag/b", "/tags", .add("new")), change("bag/b", "/tags", .add("old")),
                change("bag/b", "/lines/x/count", .add(2)),
                change("bag/b", "/state", .move(from: "", to: "new")),
                change("bag/b", "/secret", .set("s")),
            ])
        let target = try stream(
            2,
            [
                change("bag/b", "/name", .set("blue")), change("bag/b", "/size", .set("S")),
                change("bag/b", "/visits", .set(10)), change("bag/b", "/record", .set(5)),
                change("bag/b", "/tags", .add("old")), change("bag/b", "/lines/x/title", .set("X")),
                change("bag/b", "/lines/x/count", .add(1)),
                change("bag/b", "/state", .move(from: "", to: "new")),
            ], [change("bag/b", "/state", .move(from: "new", to: "open"))])
        let (state, groups) = try adopt(source, into: target)
        #expect(
            try state.json(of: "bag/b", schemas) == """
                {"lines":{"x":{"count":3,"title":"X"}},"name":"blue","record":7,"size":"L",\
                "state":"open","tags":["new","old"],"visits":13}
                """)
        #expect(groups.flatMap { $0 }.count == 5)
        // The greater number of the customer's own stays.
        let (again, _) = try adopt(target, into: state)
        #expect(try again.json(of: "bag/b", schemas).contains(#""record":7"#))
    }

    @Test func `What was cleared is filled, and what is concurrent is adopted as it shows`() throws
    {
        let source = try stream(
            1, [change("bag/b", "/name", .set("red")), change("bag/b", "/best", .set(4))])
        let target = try stream(
            2, [change("bag/b", "/name", .set("blue"))], [change("bag/b", "/name", .clear)])
        #expect(
            try adopt(source, into: target).state.json(of: "bag/b", schemas)
                == #"{"best":4,"name":"red"}"#)

        var log = SampleLog()
        for (device, number) in [(UInt64(3), Int64(8)), (4, 6)] {
            var writer = SampleDevice(device, schemas)
            try writer.write(
                at: 5_000 + number,
                [
                    change("bag/b", "/best", .set(number)), change("bag/b", "/every", .set(number)),
                ])
            writer.push(to: &log)
        }
        let adopted = try adopt(log.folded(schemas), into: StreamState()).state
        // Of all that a register shows, one event can hold one: the latest.
        #expect(try adopted.json(of: "bag/b", schemas) == #"{"best":8,"every":[8]}"#)
    }

    @Test func `An entity apart goes on under another id, one that is ignored stays behind`() throws
    {
        let source = try stream(
            1,
            [
                change("bill/1", "/name", .set("mine")), change("cache/1", "/name", .set("c")),
                change("wish/1", "/name", .set("unknown type")),
            ])
        let target = try stream(2, [change("bill/1", "/name", .set("theirs"))])
        let (state, groups) = try adopt(source, into: target)
        #expect(try state.json(of: "bill/1", schemas) == #"{"name":"theirs"}"#)
        #expect(try state.json(of: "bill/1~x", schemas) == #"{"name":"mine"}"#)
        #expect(groups.flatMap { $0 }.map(\.entity.description) == ["bill/1~x", "wish/1"])
        #expect(try state.entities[EntityID("wish/1")]?.unknown.count == 1)
    }

    @Test(arguments: [Int64(9_007_199_254_740_991), -9_007_199_254_740_991])
    func `Numbers at the ends of their range stay in it`(end: Int64) throws {
        let source = try stream(
            1,
            [
                change("bag/b", "/visits", .add(.integer(end))),
                change("bag/b", "/record", .add(.integer(end))),
                change("bag/b", "/lines/x/count", .add(.integer(end))),
            ])
        // What an earlier adoption brought, and what the customer has, lie at the other end.
        var target = StreamState()
        let replica = ReplicaID(high: 9, low: 9)
        let earlier = Event(
            dot: Dot(replica, Counter(rawValue: 1)),
            context: Context(replica: replica, own: .none, seen: .start),
            timestamp: Timestamp(milliseconds: 1), channel: try ChannelName("service"),
            operations: try ["/visits", "/record", "/lines/x/count"].map {
                try change("bag/b", $0, .add(.integer(-end)))
            })
        target.apply(.event(earlier), at: Offset(rawValue: 1), schemas: schemas)
        let groups = target.adopting(source, by: replica, schemas: schemas) { $0 }
        let event = Event(
            dot: Dot(replica, Counter(rawValue: 2)),
            context: Context(
                replica: replica, own: Counter(rawValue: 1), seen: Offset(rawValue: 1)),
            timestamp: Timestamp(milliseconds: 2), channel: try ChannelName("service"),
            operations: groups.flatMap { $0 })
        #expect(event.operations.count == (end > 0 ? 3 : 2))
        #expect(event.malformation == nil)
    }

    @Test func `Each fact that was brought before stands for one`() throws {
        let facts = try (0..<3_000).map {
            try change("bag/b", "/diary", .append(.string("\($0 % 1_000)")))
        }
        let source = try stream(1, facts)
        let state = try adopt(source, into: StreamState()).state
        let replica = ReplicaID(high: 9, low: 9)
        #expect(state.adopting(source, by: replica, schemas: schemas) { $0 }.isEmpty)
        // Somebody else's do not stand for any.
        let others = source.adopting(source, by: replica, schemas: schemas) { $0 }
        #expect(others.joined().count == 3_000)
    }

    @Test
    func `A line of both stays whole where it is removed by one who had not seen the adoption`()
        throws
    {
        let source = try stream(1, [change("bag/b", "/lines/x/count", .add(2))])
        let target = try stream(
            2,
            [
                change("bag/b", "/lines/x/title", .set("X")),
                change("bag/b", "/lines/x/count", .add(1)),
            ])
        var (state, _) = try adopt(source, into: target)
        let replica = ReplicaID(high: 3, low: 3)
        let removal = Event(
            dot: Dot(replica, Counter(rawValue: 1)),
            context: Context(replica: replica, own: .none, seen: target.offset),
            timestamp: Timestamp(milliseconds: 100_000), channel: try ChannelName("store"),
            operations: [try change("bag/b", "/lines", .remove("x"))])
        state.apply(.event(removal), at: state.offset.next, schemas: schemas)
        #expect(
            try state.json(of: "bag/b", schemas) == #"{"lines":{"x":{"count":2,"title":"X"}}}"#)
    }
}
