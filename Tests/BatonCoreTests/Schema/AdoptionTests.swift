import BatonCore
import Testing

struct AdoptionTests {
    static let schema = Schema(
        type: "thing", version: 1, adoption: .apart,
        fields: [
            Field("note", TestSchemas.text),
            Field("points", .count(CountRule()), adoption: .max),
            Field("names", .map(.map(TestSchemas.text)), adoption: .replace),
            Field(
                "lines",
                .map(
                    .record(
                        Record([
                            Field("quantity", .count(CountRule())),
                            Field("marks", .set(.boolean), adoption: .union),
                        ]))), adoption: .ignore),
        ])

    @Test(
        arguments: [
            ("/note", .fill), ("/points", .max), ("/names", nil), ("/names/a", nil),
            ("/names/a/b", .replace), ("/lines/a", nil), ("/lines/a/quantity", .ignore),
            ("/lines/a/marks", .union),
        ] as [(String, Adoption?)])
    func `The innermost adopt rule on the way to a place holds, or else its rule's default`(
        path: String, adoption: Adoption?
    ) throws {
        #expect(Self.schema.problems == [])
        let path = try #require(FieldPath(pointer: path))
        let place = try #require(Self.schema.place(at: path))
        #expect(place.rule.adoption(named: place.adoption) == adoption)
    }

    @Test(
        arguments: [
            (.count(CountRule()), .union, "sum, max, ignore"),
            (TestSchemas.text, .sum, "fill, replace, ignore"),
            (.set(.boolean), .append, "union, ignore"),
            (.log(.boolean), .fill, "append, ignore"),
            (.workflow(TestSchemas.stages), .replace, "fill, ignore"),
            (.map(.count(CountRule())), .fill, "sum, max, ignore"),
            (.map(.record(Record([Field("a", TestSchemas.text)]))), .fill, "only ignore"),
        ] as [(Rule, Adoption, String)])
    func `An adopt rule fits the merge rule, or is named with those that do`(
        rule: Rule, adoption: Adoption, fitting: String
    ) {
        func problems(_ adoption: Adoption) -> [String] {
            Schema(
                type: "thing", version: 1, fields: [Field("x", rule, adoption: adoption)]
            ).problems.map(\.description)
        }
        let found = problems(adoption)
        #expect(found.count == 1 && found[0].hasPrefix("thing/x: adopt: "), "\(found)")
        #expect(found.first?.contains(fitting) == true, "\(found)")
        for fitting in rule.adoptions + [.ignore] { #expect(problems(fitting) == []) }
    }
}
