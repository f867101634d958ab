import BatonCore
import BatonWire
import Testing

struct SchemaDocumentTests {
    func findings(_ json: String) -> [String] {
        do {
            _ = try Schema(json: Array(json.utf8))
            return []
        } catch {
            return error.findings.map { "\($0.pointer) \($0.reason)" }
        }
    }

    func field(_ members: String) -> String {
        #"{"type":"t","version":1,"fields":[{"name":"a",\#(members)}]}"#
    }

    @Test func `Every rule and type reads back as it was written`() throws {
        let types: [ValueType] = [
            .text(longest: 5), .integer(-3...7), .boolean, .anyMoney, .instant,
            .reference(media: []), .reference(media: ["image/*"]),
            .enumeration(["x", "y"]),
            .money(MoneyRange(currencies: ["EUR", "USD"], amounts: -5...7)),
        ]
        let picks: [Pick] = [.latest, .max, .min, .all]
        var rules = types.flatMap { type in picks.map { Rule.register(type, $0) } }
        rules += types.flatMap { [.set($0), .log($0), .map(.set($0))] }
        rules += [
            .register(.boolean, .strictest([.boolean(true)])), .count(CountRule(base: .latest)),
            .count(CountRule(base: .min, floor: -2)), .count(CountRule(range: 0...9)),
            .count(CountRule(range: 0...CountRule.anyNumber.upperBound)),
            .record(Record([Field("inner", .map(.map(.count(CountRule()))))])),
            .workflow(
                Workflow(
                    precedence: ["p", "q"],
                    moves: [
                        Workflow.Move("", "p"), Workflow.Move("p", "q", roles: [.kiosk, .service]),
                    ])),
        ]
        let fields = rules.enumerated().map {
            Field(ExactText("f\($0)"), $1, writers: $0 % 2 == 0 ? [] : [.operator])
        }
        let schema = Schema(type: "all-rules", version: 3, fields: fields)
        #expect(try Schema(json: schema.json) == schema)
    }

    @Test(arguments: EntityAdoption.allCases)
    func `Adopt rules and redaction read back as they were written`(
        adoption: EntityAdoption
    ) throws {
        let fields = Adoption.allCases.enumerated().map {
            Field(
                ExactText("f\($0)"), .count(CountRule()), adoption: $1,
                redaction: $0 == 0 ? .none : .except(Array(Role.allCases.prefix($0 - 1))))
        }
        for field in fields where [.sum, .max, .ignore].contains(field.adoption) {
            let schema = Schema(type: "t", version: 1, adoption: adoption, fields: [field])
            #expect(try Schema(json: schema.json) == schema)
        }
        let plain = #"{"type":"t","version":1,"fields":[{"name":"a","rule":"count"}]}"#
        #expect(try Schema(json: Array(plain.utf8)).adoption == .merge)
        #expect(try Schema(json: Array(plain.utf8)).root["a"]?.redaction == Redaction.none)
    }

    @Test func `Readers and callers read back as they were written, and are checked`() throws {
        let schema = Schema(
            type: "t", version: 1, readers: [.customer, .service],
            callers: [.adopt: [.service], .handOff: [.customer, .kiosk], .timeline: [.operator]],
            fields: [Field("a", .count(CountRule()), readers: [.kiosk])])
        #expect(try Schema(json: schema.json) == schema)
        let document = String(decoding: schema.json, as: UTF8.self)
        #expect(document.contains(#""readers":["customer","service"],"type""#))
        #expect(
            findings(#"{"type":"t","version":1,"callers":{"read":[]},"fields":[]}"#)
                .contains { $0.hasPrefix("/callers/read is not known here") })
        #expect(
            findings(field(#""rule":"count","readers":["king"]"#)).first?
                .contains(#""king" is not one of"#) == true)
        #expect(
            findings(field(#""rule":"count","readers":["service"],"writers":["kiosk"]"#)).first?
                .hasPrefix("/fields/0 the writers: kiosk may not write") == true)
    }

    @Test func `Bounds on how many there are read back as they were written`() throws {
        let inner = Field("tags", .set(.text(longest: 9)), most: 3)
        let schema = Schema(
            type: "t", version: 1,
            fields: [
                Field("items", .map(.record(Record([inner]))), most: 1),
                Field("facts", .log(.boolean), most: 1_000_000),
            ])
        #expect(try Schema(json: schema.json) == schema)
    }

    @Test func `A document says no bound where there is none, so that older readers take it`() {
        let schema = Schema(
            type: "t", version: 1,
            fields: [Field("n", .count(CountRule())), Field("m", .register(.anyMoney, .latest))])
        let text = String(decoding: schema.json, as: UTF8.self)
        for member in ["least", "greatest", "currencies", "most"] {
            #expect(!text.contains(member))
        }
    }

    @Test func `Defaults may be left out`() throws {
        let json = """
            {"type": "t", "version": 1, "fields": [
              {"name": "a", "rule": "register", "type": "text"},
              {"name": "b", "rule": "count"},
              {"name": "c", "rule": "set", "type": "integer"}]}
            """
        #expect(
            try Schema(json: Array(json.utf8)).root.fields.map(\.rule) == [
                .register(.text(longest: 16_384), .latest), .count(CountRule(base: .max)),
                .set(.anyInteger),
            ])
    }

    @Test(arguments: [
        ("", " not a JSON document"), ("[]", " an object is expected"),
        (
            #"{"type":"t","version":1,"fields":[{"name":"a","rule":"count"}],"x/y":1}"#,
            "/x~1y is not"
        ),
        (#"{"type":"t","version":1.5,"fields":[]}"#, " not a JSON document of whole numbers"),
        (
            #"{"type":"t","version":"1","fields":[{"name":"a","rule":"count"}]}"#,
            "/version a whole number is expected"
        ),
        (
            #"{"type":"T","version":1,"fields":[{"name":"a","rule":"count"}]}"#,
            " not a valid entity type"
        ),
    ]) func `A wrong document is refused with the place`(json: String, finding: String) {
        let found = findings(json)
        #expect(found.count == 1 && found[0].hasPrefix(finding), "\(found)")
    }

    @Test(arguments: [
        (#""rule":"list""#, "/fields/0/rule \"list\" is not one of register, count, set"),
        (#""rule":"register""#, "/fields/0 type is missing"),
        (#""rule":"register","type":"string""#, "/fields/0/type \"string\" is not one of text"),
        (#""rule":"register","type":"text","pik":"max""#, "/fields/0/pik is not known here"),
        (
            #""rule":"register","type":"text","pick":"best""#,
            "/fields/0/pick \"best\" is not one of"
        ),
        (#""rule":"register","type":"text","order":["a"]"#, "/fields/0/order is not known here"),
        (#""rule":"register","type":"text","pick":"strictest""#, "/fields/0 order is missing"),
        (
            #""rule":"register","type":"integer","least":2,"greatest":1"#,
            "/fields/0 least 2 is above"
        ),
        (#""rule":"register","type":"text","longest":"9""#, "/fields/0/longest a whole number"),
        (#""rule":"set","type":"enumeration","values":"a""#, "/fields/0/values a list is expected"),
        (
            #""rule":"count","writers":["clerk"]"#,
            "/fields/0/writers/0 \"clerk\" is not one of customer"
        ),
        (#""rule":"count","writers":[]"#, "/fields/0/writers names at least one role"),
        (#""rule":"count","adopt":"add""#, "/fields/0/adopt \"add\" is not one of sum, max"),
        (#""rule":"count","adopt":"union""#, "/fields/0 adopt: union does not fit a count"),
        (#""rule":"count","redact":1"#, "/fields/0/redact true is expected"),
        (#""rule":"count","redact":{"but":[]}"#, "/fields/0/redact/but is not known here"),
        (#""rule":"count","redact":{"except":["me"]}"#, "/fields/0/redact/except/0 \"me\""),
        (#""rule":"map","entries":{"rule":"register"}"#, "/fields/0/entries type is missing"),
        (
            #""rule":"map","entries":{"name":"b","rule":"count"}"#,
            "/fields/0/entries/name is not known"
        ),
        (
            #""rule":"workflow","precedence":["a"],"moves":[{"from":"","to":"a"},{"to":"a"}]"#,
            "/fields/0/moves/1 from is missing"
        ),
    ]) func `A wrong field is refused with the place`(members: String, finding: String) {
        let found = findings(field(members))
        #expect(found.count == 1 && found[0].hasPrefix(finding), "\(found)")
    }

    @Test func `All that is wrong with a document is found at once`() {
        let json = """
            {"version": 0, "adopt": "keep", "extra": 1, "other": 2, "fields": [
              {"name": "a", "rule": "counter"},
              {"rule": "register", "type": "text", "longest": 99999},
              7,
              {"name": "w", "rule": "workflow", "precedence": ["a", "b"], "moves": [
                {"from": "", "to": "a", "rolls": []}, {"from": "a"}]},
              {"name": "m", "rule": "map", "entries": {"rule": "record", "fields": [
                {"name": "p", "rule": "register", "type": "reference", "media": []},
                {"name": "a", "rule": "log", "type": "boolean"}]}}]}
            """
        let expected = [
            "/extra is not known", "/other is not known", " type is missing",
            "/adopt \"keep\" is not one of merge, apart, ignore",
            "/fields/0/rule \"counter\" is not one of", "/fields/1 name is missing",
            "/fields/2 an object is expected", "/fields/3/moves/0/rolls is not known",
            "/fields/3/moves/1 to is missing",
            "/fields/4/entries/fields/0/media names at least one media type",
            " version is a number from 1", "/fields/1 longest is a number from 1",
            "/fields/4/entries/fields/1 a log may not stand in a map",
        ]
        let found = findings(json)
        #expect(found.count == expected.count, "\(found)")
        for (found, expected) in zip(found, expected) {
            #expect(found.hasPrefix(expected), "\(found)")
        }
        #expect(
            findings("{}") == [" type is missing", " version is missing", " fields is missing"])
    }

    @Test func `What is wrong with the schema itself is found by place, all at once`() {
        let json = """
            {"type": "t", "version": 1, "fields": [
              {"name": "a", "rule": "count"},
              {"name": "b", "rule": "map", "entries": {"rule": "record", "fields": [
                {"name": "ok", "rule": "count"},
                {"name": "l", "rule": "log", "type": "text", "longest": 0}]}},
              {"name": "a", "rule": "count"}]}
            """
        let found = findings(json)
        #expect(found.count == 3)
        #expect(found[0].hasPrefix("/fields/1/entries/fields/1 longest is a number from 1"))
        #expect(found[1].hasPrefix("/fields/1/entries/fields/1 a log may not stand in a map"))
        // Of two fields of one name the pointer names the first.
        #expect(found[2] == "/fields/0 the name is given twice")
    }
}
