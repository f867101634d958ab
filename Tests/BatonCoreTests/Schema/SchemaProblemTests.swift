import BatonCore
import Testing

struct SchemaProblemTests {
    func problems(_ fields: [Field], type: String = "thing", version: Int = 1) -> [String] {
        Schema(type: type, version: version, fields: fields).problems.map(\.description)
    }

    @Test func `Sound schemas have no problems`() {
        for schema in TestSchemas.shop.sorted + TestSchemas.everything.sorted {
            #expect(schema.problems.isEmpty)
        }
    }

    @Test func `Names are checked`() {
        let field = Field("note", TestSchemas.text)
        #expect(problems([field], type: "Thing").first?.contains("entity type") == true)
        #expect(problems([field], version: 0) == ["thing: version is a number from 1"])
        #expect(problems([]) == ["thing: a record has at least one field"])
        #expect(problems([field, field]) == ["thing/note: the name is given twice"])
        for name in ["", "1st", "a-b", "_a", "é", String(repeating: "a", count: 64)] {
            let found = problems([Field(ExactText(name), TestSchemas.text)])
            #expect(found.count == 1 && found[0].contains("first a letter"), "\(name)")
        }
    }

    @Test func `A log may not stand in a map, however deep`() {
        let log = Field("journey", .log(.instant))
        #expect(problems([log]).isEmpty)
        #expect(
            problems([
                Field("lines", .map(.record(Record([Field("inner", .record(Record([log])))]))))
            ]) == [
                "thing/lines/*/inner/journey: "
                    + "a log may not stand in a map: its facts would outlive their entry"
            ])
    }

    @Test func `What a keep could get round may not stand in a map`() {
        let writers = Field("price", .register(.anyMoney, .latest), writers: [.service])
        #expect(problems([writers]).isEmpty)
        #expect(
            problems([Field("lines", .map(.record(Record([writers]))), writers: [.service])])
                == [
                    "thing/lines/*/price: writers are named for a whole map, not for a part of its entries"
                ])
        let moves = Workflow(precedence: ["a"], moves: [Workflow.Move("", "a", roles: [.service])])
        #expect(problems([Field("stage", .workflow(moves))]).isEmpty)
        #expect(
            problems([Field("stages", .map(.workflow(moves)))])
                == [
                    #"thing/stages/*: the move from "" to "a": in a map, moves are open to all roles"#
                ])
    }

    @Test(
        arguments: [
            (["a", "b"], [("", "a")], #"no moves lead from "" to "b""#),
            (["a", "a"], [("", "a")], "precedence names a state twice"),
            (["a"], [("", "a"), ("a", "b")], #"precedence does not name "b""#),
            (["a"], [("", "a"), ("a", "")], #"precedence does not name """#),
            (["a"], [("", "a"), ("", "a")], "is given twice"),
            (["a"], [("", "a"), ("a", "a")], "leads nowhere"),
            ([], [], "precedence names every state"),
        ] as [([ExactText], [(ExactText, ExactText)], String)])
    func `A workflow is checked`(
        states: [ExactText], moves: [(ExactText, ExactText)], reason: String
    ) {
        let workflow = Workflow(precedence: states, moves: moves.map { Workflow.Move($0.0, $0.1) })
        let found = problems([Field("stage", .workflow(workflow))])
        #expect(found.count == 1 && found[0].contains(reason), "\(found)")
        #expect(found.allSatisfy { $0.hasPrefix("thing/stage: ") })
    }

    @Test(
        arguments: [
            (.register(.text(longest: 0), .latest), "longest"),
            (.register(.text(longest: 16_385), .latest), "longest"),
            (.set(.integer(0...Int64.max)), "least and greatest"),
            (.log(.enumeration([])), "at least one value"),
            (.register(.enumeration(["a", "a"]), .latest), "twice"),
            (.register(.enumeration([""]), .latest), "1 to 256"),
            (.register(.boolean, .strictest([])), "strictest"),
            (.register(.boolean, .strictest([.boolean(true), .boolean(true)])), "twice"),
            (.register(.boolean, .strictest([.string("x")])), "boolean is expected"),
            (.register(.reference(media: ["png"]), .latest), "media type"),
            (.register(.reference(media: ["*/*"]), .latest), "media type"),
            (.register(.reference(media: ["Image/png"]), .latest), "media type"),
            (.set(.reference(media: ["image/*", "image/*"])), "twice"),
            (.count(CountRule(floor: .min)), "floor"),
            (.count(CountRule(range: .min...0)), "least and greatest"),
            (.set(.money(MoneyRange(amounts: 0 ... .max))), "least and greatest"),
            (.set(.money(MoneyRange(currencies: ["eur"]))), "three letters"),
            (.set(.money(MoneyRange(currencies: ["EUR", "EUR"]))), "twice"),
        ] as [(Rule, String)]) func `Types and picks are checked`(rule: Rule, word: String)
    {
        let found = problems([Field("x", rule)])
        #expect(found.count == 1 && found[0].contains(word), "\(found)")
    }

    @Test func `A bound on how many there are stands at a set, map or log`() {
        #expect(problems([Field("x", .map(TestSchemas.text), most: 1)]).isEmpty)
        #expect(problems([Field("x", .log(.boolean), most: 1_000_000)]).isEmpty)
        for (rule, most, word) in [
            (TestSchemas.text, 5, "does not fit a register"), (.set(.boolean), 0, "from 1 to"),
            (.set(.boolean), 1_000_001, "from 1 to"),
        ] as [(Rule, Int, String)] {
            let found = problems([Field("x", rule, most: most)])
            #expect(found.count == 1 && found[0].contains(word), "\(found)")
        }
    }

    @Test func `Fields nest as deep as a path may be and no deeper`() {
        func nested(_ depth: Int) -> Rule {
            depth == 1 ? TestSchemas.text : .map(nested(depth - 1))
        }
        #expect(problems([Field("x", nested(16))]).isEmpty)
        #expect(problems([Field("x", nested(17))]).first?.contains("at most 16 deep") == true)
    }
}
