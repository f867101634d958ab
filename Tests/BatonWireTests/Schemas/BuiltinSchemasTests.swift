import BatonCore
import BatonWire
import Testing

struct BuiltinSchemasTests {
    @Test func `The built-in schemas are a cart, an order, a profile and an identity, and sound`() {
        #expect(BuiltinSchemas.all.sorted.map(\.type) == ["cart", "identity", "order", "profile"])
        for schema in BuiltinSchemas.all.sorted { #expect(schema.problems == []) }
    }

    @Test(arguments: BuiltinSchemas.all.sorted.map(\.type))
    func `The documents in the protocol are the built-in schemas`(type: String) throws {
        let document = try ProtocolFiles.bytes("schemas/\(type).json")
        #expect(try Schema(json: document) == BuiltinSchemas.all[type])
    }

    @Test func `A customer's person is hidden from the shop where decisions are listed`() throws {
        func hidden(_ pointer: String) throws -> [Role] {
            let path = try #require(FieldPath(pointer: pointer))
            return Role.allCases.filter { BuiltinSchemas.profile.isRedacted(path, for: $0) }
        }
        for pointer in ["/name", "/email", "/phone", "/addresses/home/street"] {
            #expect(try hidden(pointer) == Role.allCases.filter { $0 != .customer })
        }
        #expect(try hidden("/consents/mail") == [])
    }

    @Test func `A device that stands in a store for everybody sees nothing of the person`() throws {
        for pointer in ["/name", "/email", "/phone", "/addresses", "/addresses/home/street"] {
            let path = try #require(FieldPath(pointer: pointer))
            let blind = Role.allCases.filter { !BuiltinSchemas.profile.shows(path, to: $0) }
            #expect(blind == [.kiosk], "\(pointer)")
        }
        for schema in [BuiltinSchemas.cart, BuiltinSchemas.order, BuiltinSchemas.identity] {
            #expect(Role.allCases.allSatisfy { !schema.hides(from: $0) })
        }
    }

    @Test func `A log that was served under the profile without readers goes on under this one`() {
        let before = Schema(
            type: "profile", version: 1,
            fields: BuiltinSchemas.profile.root.fields.map {
                Field($0.name, $0.rule, most: $0.most, redaction: $0.redaction)
            })
        let changes = BuiltinSchemas.profile.changes(since: before)
        #expect(changes.count == 4 && changes.allSatisfy { $0.effect == .additive })
    }

    @Test func `Carts meet on adoption, orders stay apart, and no order is counted twice`() {
        #expect(BuiltinSchemas.all.sorted.map(\.adoption) == [.merge, .ignore, .apart, .merge])
        #expect(BuiltinSchemas.cart.root["checkouts"]?.adoption == .ignore)
    }

    @Test func `Only the shop moves an order on, and a kiosk only hands it over`() throws {
        func mayMove(_ from: ExactText, _ to: ExactText, _ role: Role) throws -> Bool {
            let path = try #require(FieldPath(pointer: "/status"))
            let move = FieldOperation(
                try EntityID("order/o"), path, .move(from: from, to: to))
            return BuiltinSchemas.all.refusal(of: [move], by: role) == nil
        }
        for role in Role.allCases {
            #expect(try mayMove("", "placed", role))
            #expect(try mayMove("placed", "cancelled", role))
            #expect(try mayMove("delivered", "returned", role))
        }
        #expect(try mayMove("ready", "collected", .kiosk))
        #expect(try !mayMove("ready", "collected", .customer))
        #expect(try !mayMove("placed", "shipped", .kiosk))
        #expect(try mayMove("returned", "refunded", .associate))
        #expect(try !mayMove("returned", "refunded", .customer))
    }
}
