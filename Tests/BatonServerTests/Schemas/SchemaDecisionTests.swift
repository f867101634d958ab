import BatonCore
import BatonWire
import Testing

@testable import BatonServer

/// What comes into force when a server starts.
struct SchemaDecisionTests {
    private func gift(_ version: Int, _ fields: String...) -> Schema {
        Schema(
            type: "gift", version: version,
            fields: fields.map { Field(ExactText($0), .count(CountRule())) })
    }

    private func offered(_ schemas: Schema..., tenant: String? = nil) throws -> [OfferedSchema] {
        try schemas.map {
            OfferedSchema(
                $0, tenant: try tenant.map { try TenantID($0) },
                source: (tenant.map { "\($0)/" } ?? "") + "\($0.type).json")
        }
    }

    private func decide(
        _ before: SchemaDecision? = nil, builtins: Schema..., offered: [OfferedSchema] = []
    ) -> SchemaDecision {
        SchemaDecision(
            record: before?.record ?? SchemaRecord(), builtins: SchemaSet(builtins),
            offered: offered)
    }

    @Test func `At the first start all that is offered comes into force, and is recorded`() throws {
        let cart = Schema(type: "cart", version: 1, fields: [Field("n", .count(CountRule()))])
        let first = try decide(
            builtins: cart,
            offered: offered(gift(1, "a")) + offered(gift(7, "b"), tenant: "acme"))
        #expect(first.findings.isEmpty && first.notices.isEmpty)
        #expect(first.inForce.shared.set == SchemaSet([cart, gift(1, "a")]))
        #expect(first.inForce[try TenantID("acme")].set == SchemaSet([cart, gift(7, "b")]))
        #expect(first.inForce[try TenantID("globex")].set == first.inForce.shared.set)
        // The record alone says the same.
        let again = decide(first)
        #expect(again.inForce.shared.set == first.inForce.shared.set)
        #expect(again.inForce[try TenantID("acme")].set == SchemaSet([cart, gift(7, "b")]))
        #expect(again.record == first.record)
        #expect(first.changes == ["acme: gift 7", "cart 1", "gift 1"])
        #expect(again.changes == [])
    }

    @Test func `A document that only adds takes the place of the one in force`() throws {
        let first = try decide(offered: offered(gift(1, "a")))
        let second = try decide(first, offered: offered(gift(2, "a", "b")))
        #expect(second.findings.isEmpty)
        #expect(second.inForce.shared.set == SchemaSet([gift(2, "a", "b")]))
        #expect(second.changes == ["gift 2"])
        #expect(decide(second).inForce.shared.set == SchemaSet([gift(2, "a", "b")]))
    }

    @Test func `A document that breaks is named with file, place and reason, and is not recorded`()
        throws
    {
        let first = try decide(offered: offered(gift(1, "a")))
        let second = try decide(first, offered: offered(gift(2, "b")))
        #expect(
            second.findings.map(\.line) == [
                "gift.json: breaks what is in force for all tenants: /a: the field is gone: what "
                    + "logs hold of it would show no more; leave it, unused"
            ])
        // The same version with other content breaks as well: replicas would not take it.
        let same = try decide(first, offered: offered(gift(1, "a", "b")))
        #expect(same.findings.count == 1 && same.findings[0].reason.contains("version is 1, was 1"))
    }

    @Test func `What is not offered any more stays in force`() throws {
        let first = try decide(
            offered: offered(gift(1, "a")) + offered(gift(2, "a", "b"), tenant: "acme"))
        let second = decide(first)
        #expect(second.inForce.shared.set == SchemaSet([gift(1, "a")]))
        #expect(second.inForce[try TenantID("acme")].set == SchemaSet([gift(2, "a", "b")]))
    }

    @Test func `An older document than the one in force gives way to it, and that is noted`() throws
    {
        let first = try decide(offered: offered(gift(2, "a", "b")))
        let second = try decide(first, offered: offered(gift(1, "a")))
        #expect(second.findings.isEmpty && second.record == first.record)
        #expect(second.inForce.shared.set == SchemaSet([gift(2, "a", "b")]))
        #expect(
            second.notices == [
                "gift.json declares version 1 of gift; version 2 has come into force for all "
                    + "tenants, and stays"
            ])
        // One that the version in force has not grown from is no older version of it.
        let stranger = try decide(first, offered: offered(gift(1, "c")))
        #expect(!stranger.findings.isEmpty)
    }

    @Test func `A tenant's first document is held against what all tenants had`() throws {
        let first = try decide(offered: offered(gift(1, "a")))
        let fitting = try decide(first, offered: offered(gift(2, "a", "b"), tenant: "acme"))
        #expect(fitting.findings.isEmpty)
        #expect(fitting.inForce.shared.set == SchemaSet([gift(1, "a")]))
        let breaking = try decide(first, offered: offered(gift(2, "b"), tenant: "acme"))
        #expect(breaking.findings.map(\.file) == ["acme/gift.json"])
        #expect(breaking.findings[0].reason.contains("in force for tenant acme: /a"))
    }

    @Test
    func `A tenant's document that all tenants get stays the tenant's until theirs adds to it`()
        throws
    {
        let acme = try TenantID("acme")
        let own = try decide(offered: offered(gift(2, "a", "b"), tenant: "acme"))
        let lesser = try decide(own, offered: offered(gift(1, "a")))
        #expect(lesser.inForce[acme].set == SchemaSet([gift(2, "a", "b")]))
        let greater = try decide(lesser, offered: offered(gift(3, "a", "b", "c")))
        #expect(greater.findings.isEmpty)
        #expect(greater.inForce[acme].set == SchemaSet([gift(3, "a", "b", "c")]))
        #expect(greater.record.own[acme]?.isEmpty ?? true)
    }

    @Test func `No document breaks a built-in one, which clients come with`() throws {
        let first = try decide(
            builtins: gift(3, "a"),
            offered: offered(gift(4, "b")) + offered(gift(5, "c"), tenant: "acme"))
        #expect(first.findings.map(\.file) == ["gift.json", "acme/gift.json"])
        #expect(first.findings.allSatisfy { $0.reason.hasPrefix("breaks the built-in gift: /a") })
    }

    @Test func `A built-in document that has grown comes into force, one that breaks does not`() {
        let first = decide(builtins: gift(1, "a"))
        #expect(decide(first, builtins: gift(2, "a", "b")).findings.isEmpty)
        let broken = decide(first, builtins: gift(2, "b"))
        #expect(broken.findings.map(\.file) == ["the built-in gift"])
    }

    @Test func `A document of a form that only a newer release reads is kept, and gives way here`()
        throws
    {
        let newer = #"{"type":"gift","version":9,"mood":"festive","fields":[]}"#
        let text = #"{"format":1,"shared":[\#(newer)],"tenants":{"acme":[\#(newer)]}}"#
        let record = try SchemaRecord(json: Array(text.utf8))
        let here = SchemaDecision(
            record: record, builtins: SchemaSet([]), offered: try offered(gift(1, "a")))
        #expect(here.findings.isEmpty)
        #expect(here.inForce.shared.set == SchemaSet([gift(1, "a")]))
        #expect(here.inForce[try TenantID("acme")].set == SchemaSet([gift(1, "a")]))
        #expect(here.record == record)
        #expect(here.notices.count == 1 && here.notices[0].contains("document of gift"))
    }
}
