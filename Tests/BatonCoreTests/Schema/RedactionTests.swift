import BatonCore
import BatonLaws
import Testing

struct RedactionTests {
    static let schema = Schema(
        type: "thing", version: 1,
        fields: [
            Field("note", TestSchemas.text),
            Field("secret", TestSchemas.text, redaction: .except([])),
            Field(
                "addresses",
                .map(
                    .record(
                        Record([
                            Field("city", TestSchemas.text),
                            Field(
                                "door", TestSchemas.text,
                                redaction: .except([.customer, .service])),
                        ]))), redaction: .except([.customer, .associate])),
        ])

    @Test(
        arguments: [
            ("", []), ("/note", []), ("/unheard-of", []),
            ("/secret", Role.allCases),
            ("/addresses/home/city", [.kiosk, .service, .operator]),
            ("/addresses/home/unheard-of", [.kiosk, .service, .operator]),
            ("/addresses/home/door", [.kiosk, .associate, .service, .operator]),
        ] as [(String, [Role])])
    func `A value is hidden from whom any field on the way hides it`(
        path: String, hidden: [Role]
    ) throws {
        let path = try #require(FieldPath(pointer: path))
        #expect(Role.allCases.filter { Self.schema.isRedacted(path, for: $0) } == hidden)
    }

    @Test func `Values, operations and conflicts show a mark in place of what is hidden`() throws {
        let schemas = SchemaSet([Self.schema])
        let home = Value.object(["city": "Ulm", "door": "3"])
        let value = Value.object([
            "note": "n", "secret": "s", "addresses": .object(["home": home]), "later": "l",
        ])
        #expect(
            Self.schema.redacted(value, for: .associate).canonicalJSON == """
                {"addresses":{"home":{"city":"Ulm","door":{"redacted":true}}},"later":"l",\
                "note":"n","secret":{"redacted":true}}
                """)
        func action(_ path: String, _ action: Action) throws -> Action {
            schemas.redacted(try change("thing/x", path, action), for: .kiosk).action
        }
        #expect(try action("/note", .set("n")) == .set("n"))
        #expect(try action("/secret", .set("s")) == .set(Redaction.mark))
        #expect(try action("/addresses", .remove("home")) == .remove("home"))
        #expect(try action("/addresses/home/pets", .remove("cat")) == .remove(Redaction.mark))

        var world = TestWorld(devices: 2, schemas)
        try world.write(0, at: 1, change("thing/x", "/secret", .set("first")))
        try world.write(1, at: 2, change("thing/x", "/secret", .set("second")))
        world.syncAll()
        let conflicts = world.log.folded(schemas).conflicts(schemas: schemas)
        let shown = conflicts.map { schemas.redacted($0, for: .operator) }
        #expect(shown.map(\.picked.value) == [Redaction.mark])
        #expect(shown.flatMap(\.overruled).map(\.value) == [Redaction.mark])
        #expect(shown.map(\.picked.dot) == conflicts.map(\.picked.dot))
    }

    @Test func `The reason of a refusal does not repeat what is hidden`() throws {
        let schemas = SchemaSet([Self.schema])
        let refusal = try #require(
            try schemas.refusal(of: [change("thing/x", "/secret", .set(4711))], by: .customer))
        #expect(refusal.code == .schemaViolation && !refusal.reason.contains("4711"))
        #expect(refusal.reason.hasPrefix("thing/x/secret: "))
    }

    @Test(
        arguments: [
            ("", "admitted", Role.customer), ("admitted", "healed", .associate),
            ("lost", "admitted", .associate), ("", "admitted", .associate),
        ] as [(ExactText, ExactText, Role)])
    func `The reason why a move is refused does not name states that are hidden`(
        from: ExactText, to: ExactText, role: Role
    ) throws {
        let moves: [Workflow.Move] = [
            .init("", "admitted", roles: [.associate]), .init("admitted", "treated"),
        ]
        let schemas = SchemaSet([
            Schema(
                type: "case", version: 1,
                fields: [
                    Field(
                        "course",
                        .workflow(Workflow(precedence: ["admitted", "treated"], moves: moves)),
                        redaction: .except([.associate]))
                ])
        ])
        var world = TestWorld(devices: 1, schemas)
        try world.write(0, at: 1, change("case/x", "/course", .move(from: "", to: "admitted")))
        try world.write(
            0, at: 2, change("case/x", "/course", .move(from: "admitted", to: "treated")))
        world.syncAll()
        let state = world.log.folded(schemas)
        let operation = try change("case/x", "/course", .move(from: from, to: to))
        let event = try Event(
            dot: Dot(ReplicaID(high: 9, low: 9), Counter(rawValue: 1)),
            context: Context(
                replica: ReplicaID(high: 9, low: 9), own: .none, seen: state.offset),
            timestamp: Timestamp(milliseconds: 3), channel: ChannelName("web"),
            operations: [operation])
        let refusal = try #require(
            schemas.refusal(of: [operation], by: role)
                ?? state.refusal(ofMovesIn: event, schemas: schemas))
        #expect(refusal.reason.hasPrefix("case/x/course: "))
        for state in ["admitted", "treated", "healed", "lost"] {
            #expect(!refusal.reason.contains(state), "\(refusal.reason)")
        }
    }

    @Test func `A role is excepted once`() {
        let field = Field("x", TestSchemas.text, redaction: .except([.kiosk, .kiosk]))
        #expect(
            Schema(type: "thing", version: 1, fields: [field]).problems.map(\.description)
                == ["thing/x: redact: a role is named twice"])
    }
}
