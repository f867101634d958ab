import BatonCore
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

    @Test func `A role is excepted once`() {
        let field = Field("x", TestSchemas.text, redaction: .except([.kiosk, .kiosk]))
        #expect(
            Schema(type: "thing", version: 1, fields: [field]).problems.map(\.description)
                == ["thing/x: redact: a role is named twice"])
    }
}
