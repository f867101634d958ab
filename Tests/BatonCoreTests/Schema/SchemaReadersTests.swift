import BatonCore
import Testing

/// Who sees what, as a schema says (specification section 2.6).
struct SchemaReadersTests {
    static let staff: [Role] = [.associate, .service, .operator]
    /// A type that is open to staff, with fields that say otherwise.
    static let file = Schema(
        type: "file", version: 1, readers: staff,
        fields: [
            Field("number", TestSchemas.text),
            Field("open", TestSchemas.text, readers: Role.allCases),
            Field("count", .count(CountRule()), readers: [.operator]),
            Field("keys", .map(.record(Record([Field("a", TestSchemas.text)])))),
            Field(
                "box",
                .record(
                    Record([
                        Field("lid", TestSchemas.text, readers: [.customer, .operator]),
                        Field("inside", TestSchemas.text),
                    ]))),
        ])

    private func path(_ pointer: String) throws -> FieldPath {
        try #require(FieldPath(pointer: pointer))
    }

    @Test(arguments: [
        ("/number", staff), ("/open", Role.allCases), ("/count", [.operator]),
        ("/keys", staff), ("/keys/k/a", staff), ("/keys/k/unheard", staff),
        ("/box/lid", [.customer, .operator]), ("/box/inside", staff),
        // What is said of a record is said of all that lies in it; what is not declared is as the rest.
        ("/box", [.operator]), ("", [.operator]), ("/unheard/of", staff),
        ("/open/deeper", Role.allCases),
    ])
    func `The innermost list on the way holds`(pointer: String, readers: [Role]) throws {
        let path = try path(pointer)
        #expect(Role.allCases.filter { Self.file.shows(path, to: $0) } == readers.sorted())
        let set = SchemaSet([Self.file])
        #expect(Role.allCases.filter { set.shows(path, of: "file", to: $0) } == readers.sorted())
        #expect(set.shows(path, of: "other", to: .kiosk))
    }

    @Test func `A schema without readers hides nothing, and is not asked`() {
        for role in Role.allCases {
            #expect(!TestSchemas.everything.hides(from: role))
            #expect(SchemaSet([Self.file]).hides(from: role) == (role != .operator))
            #expect(Self.file.hides(from: role) == (role != .operator))
        }
    }

    @Test(arguments: Role.allCases)
    func `Who does not see a place may not write it, whether it is declared or not`(
        role: Role
    ) throws {
        let set = SchemaSet([Self.file])
        for (pointer, action) in [
            ("/number", Action.set("x")), ("/open", .set("x")), ("/count", .add(1)),
            ("/keys/k/a", .set("x")), ("/keys", .remove("k")), ("/box/lid", .clear),
            ("/unheard/of", .set("x")), ("/box/unheard", .add(1)),
        ] {
            let path = try path(pointer)
            let code = set.refusal(
                of: [FieldOperation(try EntityID("file/f"), path, action)], by: role)?.code
            #expect(code == (Self.file.shows(path, to: role) ? nil : .notPermitted), "\(pointer)")
        }
    }

    @Test func `Of an entity each sees what it may, also of what no schema knows`() throws {
        let id = try EntityID("file/f")
        var state = StreamState()
        let replica = ReplicaID(high: 1, low: 1)
        let operations: [(String, Action)] = [
            ("/number", .set("n")), ("/open", .set("o")), ("/count", .add(1)),
            ("/keys/k/a", .set("k")), ("/box/lid", .set("l")), ("/box/inside", .set("i")),
            ("/unheard", .set("u")), ("/open/unheard", .set("v")),
        ]
        let event = Event(
            dot: Dot(replica, Counter(rawValue: 1)),
            context: Context(replica: replica, own: .none, seen: .start),
            timestamp: Timestamp(milliseconds: 1, tick: 0), channel: try ChannelName("app"),
            operations: try operations.map { FieldOperation(id, try path($0), $1) })
        let set = SchemaSet([Self.file])
        state.apply(.event(event), schemas: set)
        let whole = try #require(state.entities[id])
        for role in Role.allCases {
            let shown = set.shown(whole, of: "file", to: role)
            // The same as if the hidden operations had never been.
            var less = StreamState()
            let seen = event.operations.filter { set.shows($0.path, of: "file", to: role) }
            less.apply(
                .event(
                    Event(
                        dot: event.dot, context: event.context, timestamp: event.timestamp,
                        channel: event.channel, operations: seen)), schemas: set)
            #expect(shown == less.entities[id], "\(role)")
            #expect((shown == whole) == (role == .operator))
        }
    }

    @Test func `What cannot be enforced is a problem of the schema`() {
        func problems(_ fields: [Field], type: String = "thing", readers: [Role] = []) -> [String] {
            Schema(type: type, version: 1, readers: readers, fields: fields).problems
                .map(\.description)
        }
        let part = Field("price", TestSchemas.text, readers: [.service])
        #expect(problems([part]).isEmpty)
        #expect(
            problems([Field("lines", .map(.record(Record([part]))))]) == [
                "thing/lines/*/price: readers are named for a whole map, not for a part of its entries"
            ])
        #expect(
            problems(
                [Field("a", TestSchemas.text, writers: [.kiosk, .service])], readers: [.service])
                == [
                    "thing/a: the writers: kiosk may not write what is hidden from it: name it among "
                        + "the readers as well, or here neither"
                ])
        let flow = Workflow(precedence: ["p"], moves: [Workflow.Move("", "p", roles: [.customer])])
        #expect(
            problems([Field("a", .workflow(flow), readers: [.service])]).first?
                .contains("customer may not write what is hidden") == true)
        #expect(
            problems([Field("a", TestSchemas.text, readers: [.service, .service])]) == [
                "thing/a: a role is named twice among the readers"
            ])
        #expect(problems([Field("a", TestSchemas.text)], readers: [.kiosk, .kiosk]).count == 1)
        #expect(problems([part], type: "identity").first?.contains("all roles see") == true)
    }

    @Test func `Calls are kept to the roles that a type names, and nobody gains by another's`() {
        let schema = Schema(
            type: "file", version: 1, callers: [.handOff: [.customer], .timeline: [.operator]],
            fields: [
                Field("a", TestSchemas.text, writers: [.customer, .operator]),
                Field("b", TestSchemas.text, readers: [.customer, .associate, .operator]),
            ])
        let set = SchemaSet([schema])
        #expect(schema.allows(.adopt, by: .kiosk) && !schema.allows(.handOff, by: .kiosk))
        #expect(set.types(keeping: .timeline, from: .customer) == ["file"])
        #expect(set.types(keeping: .timeline, from: .operator) == [])
        let open = SchemaSet([
            Schema(type: "file", version: 1, fields: schema.root.fields)
        ])
        #expect(
            Role.allCases.filter { open.mayAll($0, that: .customer, on: "file") }
                == [.customer, .operator])
        #expect(!set.mayAll(.operator, that: .customer, on: "file"))
        #expect(set.mayAll(.kiosk, that: .customer, on: "undeclared"))
    }
}

extension [Role] {
    fileprivate func sorted() -> [Role] { Role.allCases.filter(contains) }
}
