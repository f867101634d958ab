import BatonCore
import BatonWire
import Foundation
import Testing

@testable import BatonGenerator

struct SwiftSourceTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    private static func schema(_ path: String) throws -> Schema {
        try Schema(json: Array(Data(contentsOf: root.appendingPathComponent(path))))
    }

    private static func committed(_ name: String) throws -> String {
        try String(
            contentsOf: root.appendingPathComponent("Tests/BatonSyncTests/Generated/\(name)"),
            encoding: .utf8)
    }

    @Test func `The source of the examples is what is compiled and run beside the SDK`() throws {
        let names = ["wish-list", "loyalty", "appointment"]
        let schemas = try names.map { try Self.schema("protocol/schemas/examples/\($0).json") }
        let text = try SwiftSource.text(of: schemas)
        #expect(text == (try Self.committed("ExampleSchemas.swift")))
        #expect(try SwiftSource.text(of: schemas.reversed()) == text, "in any order")
    }

    @Test func `So is the public source of a schema of odd names`() throws {
        let schema = try Self.schema("Tests/BatonSyncTests/Generated/odd-names.json")
        let text = try SwiftSource.text(of: [schema], isPublic: true)
        #expect(text == (try Self.committed("OddNames.swift")))
    }

    @Test(arguments: [
        ("some-day", "someDay"), ("EUR", "eur"), ("Red", "red"), ("2nd", "_2nd"), ("in", "`in`"),
        ("none", "none_"), ("self", "self_"), ("★", "u2605"), ("", "empty"), ("été", "été"),
        ("a.b c", "aBC"), ("_", "_u5f"), ("snake_case", "snake_case"),
    ])
    func `A value's case is a name of Swift`(value: String, name: String) {
        #expect(SwiftName.enumCase(value) == name)
    }

    @Test func `Types of the SDK and of Swift are not hidden by those of a schema`() {
        #expect(SwiftName.entity("wish-list") == "WishList")
        #expect(SwiftName.entity("cart") == "CartEntity")
        #expect(SwiftName.entity("string") == "StringEntity")
        #expect(SwiftName.nested("money") == "MoneyField")
        #expect(SwiftName.property("place") == "place_")
        #expect(SwiftName.property("repeat") == "`repeat`")
    }

    @Test func `A literal is the text, whatever is in it`() {
        #expect(SwiftName.literal("a\"b\\(c)\n\u{202E}") == #""a\"b\\(c)\u{a}\u{202e}""#)
    }

    private static func type(_ name: String, _ fields: Field...) -> Schema {
        Schema(type: name, version: 1, fields: fields)
    }

    private static let words = Rule.register(.enumeration(["a b", "a-b"]), .latest)
    private static let state = Rule.workflow(Workflow(precedence: ["x"], moves: []))
    private static let number = Rule.count(CountRule())

    private static let collisions: [([Schema], String, [String], String)] = [
        ([type("gift", Field("kind", words))], "gift/kind", ["a b", "a-b"], "aB"),
        (
            [type("gift", Field("place", number), Field("place_", number))], "gift",
            ["place", "place_"], "place_"
        ),
        (
            [type("gift", Field("state", state), Field("State", state))], "gift",
            ["state", "State"], "State"
        ),
        (
            [type("a-b", Field("n", number)), type("a--b", Field("n", number))], "the schemas",
            ["a--b", "a-b"], "AB"
        ),
        (
            [
                type(
                    "gift",
                    Field("kinds", .map(.record(Record([Field("kind", .map(words))])))))
            ], "gift/kinds/kind", ["a b", "a-b"], "aB"
        ),
    ]

    @Test(arguments: collisions)
    func `Two names that would be one are told with their place`(
        schemas: [Schema], place: String, names: [String], swiftName: String
    ) throws {
        let collision = #expect(throws: NameCollision.self) {
            try SwiftSource.text(of: schemas)
        }
        #expect(
            collision == NameCollision(place: place, names: names, swiftName: swiftName))
        #expect(collision?.description.contains("would both be called \(swiftName)") == true)
    }
}
