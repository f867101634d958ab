import BatonCore
import BatonWire
import Testing

/// The documents that show a tenant how to write its own.
struct ExampleSchemasTests {
    static func schema(_ name: String) throws -> Schema {
        try Schema(json: ProtocolFiles.bytes("schemas/examples/\(name).json"))
    }

    static func schemas() throws -> SchemaSet {
        SchemaSet(try ["wish-list", "appointment", "loyalty"].map(schema))
    }

    func refusal(_ pointer: String, _ action: Action, of entity: String, by role: Role) throws
        -> RefusalCode?
    {
        let path = try #require(FieldPath(pointer: pointer))
        let operation = FieldOperation(try EntityID(entity), path, action)
        return try Self.schemas().refusal(of: [operation], by: role)?.code
    }

    @Test func `A wish list takes pictures by reference, and of images only`() throws {
        func picture(_ type: String) -> Value {
            .object([
                "uri": "https://img.example/1", "type": .string(type),
                "digest": .string("sha256:" + String(repeating: "a0", count: 32)),
            ])
        }
        let place = "/items/sku-1/picture"
        #expect(
            try refusal(place, .set(picture("image/png")), of: "wish-list/w", by: .customer) == nil)
        #expect(
            try refusal(place, .set(picture("text/html")), of: "wish-list/w", by: .customer)
                == .schemaViolation)
        #expect(
            try refusal("/items/sku-1/wanted", .add(.integer(1)), of: "wish-list/w", by: .customer)
                == nil)
    }

    @Test func `An appointment is confirmed by the store, and cancelled by either`() throws {
        let confirm = Action.move(from: "asked", to: "confirmed")
        #expect(
            try refusal("/status", confirm, of: "appointment/1", by: .customer) == .notPermitted)
        #expect(try refusal("/status", confirm, of: "appointment/1", by: .associate) == nil)
        let cancel = Action.move(from: "confirmed", to: "cancelled")
        #expect(try refusal("/status", cancel, of: "appointment/1", by: .customer) == nil)
        #expect(
            try refusal("/minutes", .set(.integer(4)), of: "appointment/1", by: .customer)
                == .schemaViolation)
        #expect(
            try refusal("/at", .set("2026-02-30T12:00:00.000Z"), of: "appointment/1", by: .kiosk)
                == .schemaViolation)
    }

    @Test func `Loyalty points are given by the shop alone`() throws {
        #expect(
            try refusal("/points", .add(.integer(5)), of: "loyalty/1", by: .customer)
                == .notPermitted)
        #expect(try refusal("/points", .add(.integer(5)), of: "loyalty/1", by: .service) == nil)
        #expect(
            try refusal("/tier", .set("platinum"), of: "loyalty/1", by: .service)
                == .schemaViolation)
        let path = try #require(FieldPath(pointer: "/highestSpend"))
        let schema = try Self.schema("loyalty")
        #expect(schema.isRedacted(path, for: .associate))
        #expect(!schema.isRedacted(path, for: .customer))
    }
}
