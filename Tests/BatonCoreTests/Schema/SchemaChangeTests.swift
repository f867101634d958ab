import BatonCore
import Testing

/// Every kind of change, alone, from version 1 to version 2.
struct SchemaChangeTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let old: [Field]
        let new: [Field]
        /// Effect and the beginning of the line `place: reason`, of each change.
        let changes: [(SchemaChange.Effect, String)]

        var testDescription: String { name }

        init(
            _ name: String, _ old: [Field], _ new: [Field],
            _ changes: [(SchemaChange.Effect, String)]
        ) {
            self.name = name
            self.old = old
            self.new = new
            self.changes = changes
        }

        /// A change of the one field `x`.
        init(
            _ name: String, _ old: Rule, _ new: Rule, _ effect: SchemaChange.Effect,
            _ reason: String
        ) {
            self.init(name, [Field("x", old)], [Field("x", new)], [(effect, "/x: " + reason)])
        }
    }

    static func number(_ range: ClosedRange<Int64>) -> Rule { .register(.integer(range), .latest) }
    static func words(_ values: [ExactText]) -> Rule { .set(.enumeration(values)) }
    static func strictest(_ values: [ExactText], _ order: [ExactText]) -> Rule {
        .register(.enumeration(values), .strictest(order.map { .text($0) }))
    }
    static func asset(_ media: [ExactText]) -> Rule { .log(.reference(media: media)) }
    static func flow(
        _ states: [ExactText], _ moves: [(ExactText, ExactText, [Role])]
    ) -> Rule {
        .workflow(
            Workflow(
                precedence: states, moves: moves.map { Workflow.Move($0.0, $0.1, roles: $0.2) }))
    }
    static let text = TestSchemas.text

    static func money(
        _ currencies: [ExactText], _ amounts: ClosedRange<Int64> = CountRule.anyNumber
    ) -> Rule {
        .register(.money(MoneyRange(currencies: currencies, amounts: amounts)), .latest)
    }
    static func count(_ range: ClosedRange<Int64>) -> Rule { .count(CountRule(range: range)) }
    static func most(_ name: String, _ old: Int?, _ new: Int?, _ effect: SchemaChange.Effect)
        -> Case
    {
        Case(
            name, [Field("x", .set(.boolean), most: old)], [Field("x", .set(.boolean), most: new)],
            [(effect, "/x: most is \(new.map { "\($0)" } ?? "not said")")])
    }

    static let cases: [Case] = [
        most("more", 3, 4, .additive), most("any number", 3, nil, .additive),
        most("fewer", 3, 2, .breaking), most("a bound where none was", nil, 9, .breaking),
        Case(
            "one more currency", money(["EUR"]), money(["USD", "EUR"]), .additive,
            "currencies: more"),
        Case("any currency", money(["EUR"]), money([]), .additive, "currencies: more"),
        Case(
            "a currency gone", money(["EUR", "USD"]), money(["EUR"]), .breaking,
            "currencies: USD is gone"),
        Case("only some currencies", money([]), money(["EUR"]), .breaking, "currencies: only some"),
        Case(
            "greater amounts", money([], 0...5), money([], 0...6), .additive, "greatest is 6, was 5"
        ),
        Case(
            "lesser amounts", money([], 0...5), money([], 0...4), .breaking, "greatest is 4, was 5"),
        Case("lower counts", count(0...5), count(-1...5), .additive, "least is -1, was 0"),
        Case("higher counts only", count(0...5), count(1...5), .breaking, "least is 1, was 0"),
        Case("nothing", [Field("x", text)], [Field("x", text)], []),
        Case(
            "fields in another order", [Field("x", text), Field("y", text)],
            [Field("y", text), Field("x", text)], []),
        Case(
            "a new field", [Field("x", text)], [Field("x", text), Field("y", text)],
            [(.additive, "/y: the field is new")]),
        Case(
            "a field gone", [Field("x", text), Field("y", text)], [Field("x", text)],
            [(.breaking, "/y: the field is gone")]),
        Case(
            "a field renamed", [Field("x", text)], [Field("y", text)],
            [(.breaking, "/x: the field is gone"), (.additive, "/y: the field is new")]),
        Case(
            "a new field in entries",
            [Field("m", .map(.record(Record([Field("x", text)]))))],
            [Field("m", .map(.record(Record([Field("x", text), Field("y", text)]))))],
            [(.additive, "/m/*/y: the field is new")]),
        Case(
            "a field gone from entries",
            [Field("m", .map(.record(Record([Field("x", text), Field("y", text)]))))],
            [Field("m", .map(.record(Record([Field("x", text)]))))],
            [(.breaking, "/m/*/y: the field is gone")]),
        Case(
            "another rule", text, .set(.text(longest: 100)), .breaking,
            "the rule is set, was register"),
        Case(
            "entries of another rule", [Field("m", .map(text))],
            [Field("m", .map(.count(CountRule())))],
            [(.breaking, "/m/*: the rule is count, was register")]),
        Case(
            "another type", text, .register(.instant, .latest), .breaking,
            "the type is instant, was text"),
        Case(
            "from enumeration to text", words(["a"]), .set(.text(longest: 9)), .breaking,
            "the type is text, was enumeration"),
        Case(
            "longer texts", text, .register(.text(longest: 101), .latest), .additive,
            "longest is 101, was 100"),
        Case(
            "shorter texts", text, .register(.text(longest: 99), .latest), .breaking,
            "longest is 99, was 100"),
        Case(
            "a lower least", number(0...9), number(-1...9), .additive, "least is -1, was 0"),
        Case(
            "a higher least", number(0...9), number(1...9), .breaking, "least is 1, was 0"),
        Case(
            "a higher greatest", number(0...9), number(0...10), .additive,
            "greatest is 10, was 9"),
        Case(
            "a lower greatest", number(0...9), number(0...8), .breaking, "greatest is 8, was 9"),
        Case(
            "a range that moved", [Field("x", number(0...9))], [Field("x", number(5...14))],
            [(.breaking, "/x: least is 5"), (.additive, "/x: greatest is 14")]),
        Case(
            "a new value", words(["a", "b"]), words(["a", "c", "b"]), .additive,
            "values: \"c\" is new"),
        Case(
            "values in another order", [Field("x", words(["a", "b"]))],
            [Field("x", words(["b", "a"]))], []),
        Case("a value gone", words(["a", "b"]), words(["a"]), .breaking, "values: \"b\" is gone"),
        Case(
            "more media types", asset(["image/png"]), asset(["image/png", "image/gif"]),
            .additive, "media: more types are allowed"),
        Case(
            "a kind of media types", asset(["image/png"]), asset(["image/*"]), .additive,
            "media: more types are allowed"),
        Case(
            "any media type", asset(["image/png"]), asset([]), .additive, "media: more types"),
        Case(
            "fewer media types", asset(["image/*"]), asset(["image/png"]), .breaking,
            "media: image/* is gone"),
        Case(
            "only some media types", asset([]), asset(["image/png"]), .breaking,
            "media: only some types"),
        Case(
            "another pick", text, .register(.text(longest: 100), .max), .breaking,
            "pick is max, was latest"),
        Case(
            "a pick by order", text,
            .register(.text(longest: 100), .strictest([.string("a")])), .breaking,
            "pick is strictest, was latest"),
        Case(
            "another order", strictest(["a", "b"], ["a", "b"]), strictest(["a", "b"], ["b", "a"]),
            .breaking, "order names the values of before in another order"),
        Case(
            "an order that lacks one", strictest(["a", "b"], ["a", "b"]),
            strictest(["a", "b"], ["a"]), .breaking, "order names the values of before"),
        Case(
            "a new value in the order", [Field("x", strictest(["a", "b"], ["a", "b"]))],
            [Field("x", strictest(["a", "b", "c"], ["a", "c", "b"]))],
            [(.additive, "/x: values: \"c\" is new"), (.additive, "/x: order: \"c\" is new")]),
        Case(
            "an old value in the order", strictest(["a", "b"], ["a"]),
            strictest(["a", "b"], ["a", "b"]), .breaking, "order: \"b\" was allowed before"),
        Case(
            "another base", .count(CountRule()), .count(CountRule(base: .latest)), .breaking,
            "base is latest, was max"),
        Case(
            "another floor", .count(CountRule(floor: 0)), .count(CountRule()), .breaking,
            "floor is none, was 0"),
        Case(
            "a new state and its move",
            [Field("x", flow(["a", "c"], [("", "a", []), ("a", "c", [])]))],
            [Field("x", flow(["a", "b", "c"], [("", "a", []), ("a", "c", []), ("a", "b", [])]))],
            [
                (.additive, "/x: precedence: the state \"b\" is new"),
                (.additive, "/x: the move from \"a\" to \"b\" is new"),
            ]),
        Case(
            "a state gone", [Field("x", flow(["a", "b"], [("", "a", []), ("a", "b", [])]))],
            [Field("x", flow(["a"], [("", "a", [])]))],
            [
                (.breaking, "/x: precedence: \"b\" is gone"),
                (.breaking, "/x: the move from \"a\" to \"b\" is gone"),
            ]),
        Case(
            "another precedence", flow(["a", "b"], [("", "a", []), ("", "b", [])]),
            flow(["b", "a"], [("", "a", []), ("", "b", [])]), .breaking,
            "precedence: the states of before stand in another order"),
        Case(
            "a new move", flow(["a", "b"], [("", "a", []), ("", "b", [])]),
            flow(["a", "b"], [("", "a", []), ("", "b", []), ("a", "b", [])]), .additive,
            "the move from \"a\" to \"b\" is new"),
        Case(
            "a move gone", flow(["a"], [("", "a", []), ("a", "a", [])]),
            flow(["a"], [("", "a", [])]),
            .breaking, "the move from \"a\" to \"a\" is gone"),
        Case(
            "a move for more roles", flow(["a"], [("", "a", [.kiosk])]),
            flow(["a"], [("", "a", [.kiosk, .customer])]), .additive,
            "the move from \"\" to \"a\": customer may as well"),
        Case(
            "a move for all", flow(["a"], [("", "a", [.kiosk])]), flow(["a"], [("", "a", [])]),
            .additive, "the move from \"\" to \"a\": customer, associate, service, operator may"),
        Case(
            "a move for fewer roles", flow(["a"], [("", "a", [])]),
            flow(["a"], [("", "a", [.kiosk])]), .breaking,
            "the move from \"\" to \"a\": customer, associate, service, operator may no more"),
        Case(
            "more writers", [Field("x", text, writers: [.kiosk])], [Field("x", text)],
            [(.additive, "/x: writers: customer, associate, service, operator may as well")]),
        Case(
            "fewer writers", [Field("x", text, writers: [.kiosk, .service])],
            [Field("x", text, writers: [.service])],
            [(.breaking, "/x: writers: kiosk may no more")]),
        Case(
            "writers of the record said again",
            [Field("r", .record(Record([Field("x", text)])), writers: [.kiosk])],
            [Field("r", .record(Record([Field("x", text, writers: [.kiosk])])), writers: [.kiosk])],
            []),
        Case(
            "another adopt rule", [Field("x", text)], [Field("x", text, adoption: .replace)],
            [(.additive, "/x: adopt is replace, was not said")]),
        Case(
            "hidden from more", [Field("x", text)], [Field("x", text, redaction: .except([]))],
            [(.additive, "/x: redact hides the values from more roles")]),
        Case(
            "hidden from fewer", [Field("x", text, redaction: .except([]))],
            [Field("x", text, redaction: .except([.kiosk]))],
            [(.additive, "/x: redact now shows the values to kiosk")]),
        Case(
            "fewer readers", [Field("x", text)],
            [Field("x", text, readers: [.service, .operator])],
            [
                (
                    .additive,
                    "/x: readers: hidden from customer, kiosk, associate, who may not write it either"
                )
            ]),
        Case(
            "other readers", [Field("x", text, readers: [.kiosk])],
            [Field("x", text, readers: [.service])],
            [
                (.additive, "/x: readers: hidden from kiosk"),
                (.additive, "/x: readers: service may"),
            ]),
        Case(
            "readers of the record said again",
            [Field("r", .record(Record([Field("x", text)])), readers: [.kiosk])],
            [Field("r", .record(Record([Field("x", text, readers: [.kiosk])])), readers: [.kiosk])],
            []),
    ]

    @Test(arguments: cases)
    func `A change is named, and said to be additive or breaking`(_ change: Case) {
        let old = Schema(type: "thing", version: 1, fields: change.old)
        let new = Schema(type: "thing", version: 2, fields: change.new)
        let found = new.changes(since: old)
        #expect(found.count == change.changes.count, "\(found)")
        for (found, expected) in zip(found, change.changes) {
            #expect(found.effect == expected.0, "\(found)")
            #expect("\(found.place): \(found.reason)".hasPrefix(expected.1), "\(found)")
        }
        #expect(old.changes(since: old) == [])
    }

    @Test func `The version grows with every change, and never shrinks`() {
        let old = Schema(type: "thing", version: 2, fields: [Field("x", Self.text)])
        func versions(_ version: Int, _ fields: [Field]) -> [SchemaChange.Effect] {
            Schema(type: "thing", version: version, fields: fields).changes(since: old)
                .map(\.effect)
        }
        let more = [Field("x", Self.text), Field("y", Self.text)]
        #expect(versions(2, [Field("x", Self.text)]) == [])
        #expect(versions(3, [Field("x", Self.text)]) == [])
        #expect(versions(1, [Field("x", Self.text)]) == [.breaking])
        #expect(versions(2, more) == [.additive, .breaking])
        #expect(versions(3, more) == [.additive])
    }

    @Test func `A type may come and must not go; its own adopt rule may change`() {
        func schema(_ type: String, _ adoption: EntityAdoption = .merge) -> Schema {
            Schema(type: type, version: 1, adoption: adoption, fields: [Field("x", Self.text)])
        }
        let (a, b) = (SchemaSet([schema("a")]), SchemaSet([schema("a"), schema("b")]))
        #expect(b.changes(since: a).map(\.effect) == [.additive])
        #expect(a.changes(since: b).map(\.effect) == [.breaking])
        #expect(a.changes(since: b).first?.type == "b")
        let apart = Schema(
            type: "a", version: 2, adoption: .apart, fields: [Field("x", Self.text)])
        #expect(SchemaSet([apart]).changes(since: a).map(\.effect) == [.additive])
        let kept = Schema(
            type: "a", version: 2, readers: [.service], callers: [.handOff: [.service]],
            fields: [Field("x", Self.text)])
        #expect(
            SchemaSet([kept]).changes(since: a).map { "\($0.effect.rawValue) \($0.reason)" } == [
                "additive readers: hidden from customer, kiosk, associate, operator, "
                    + "who may not write it either",
                "additive callers of handOff: service, before customer, kiosk, associate, service, "
                    + "operator: holds for calls from now on",
            ])
    }
}
