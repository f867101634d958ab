import BatonSync
import BatonSyncTesting
import BatonWire
import Foundation
import Testing

/// What `baton schema swift` wrote (in `Generated/`), against a real server.
@Suite struct `Generated types` {
    /// The built-in schemas, the examples of the protocol, and one of odd names.
    static func schemas() throws -> SchemaSet {
        let here = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        let examples = here.deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("protocol/schemas/examples")
        let files =
            try FileManager.default.contentsOfDirectory(
                at: examples, includingPropertiesForKeys: nil)
            + [here.appendingPathComponent("Generated/odd-names.json")]
        let own = try files.map { try Schema(json: Array(Data(contentsOf: $0))) }
        return SchemaSet(BuiltinSchemas.all.sorted + own)
    }

    /// Two devices that know the server's schemas, and the stream `cust-1` on both.
    private static func pair(
        _ body:
            @escaping @Sendable ([SyncClient], CustomerStream, CustomerStream) async throws -> Void
    ) async throws {
        try await TestServer.run(schemas: schemas()) { server in
            let devices = [try await server.device("app"), try await server.device("web")]
            let here = try devices[0].stream("cust-1")
            let there = try devices[1].stream("cust-1")
            for device in devices { try await device.sync() }
            try await body(devices, here, there)
            for device in devices { try await device.close() }
        }
    }

    /// Everything from one to the other and back.
    private static func settle(_ devices: [SyncClient]) async throws {
        for device in devices + [devices[0]] {
            #expect(try await device.sync().refused == 0)
        }
    }

    @Test func `Two devices write a map's entries, counts and sets while apart, and agree`()
        async throws
    {
        try await Self.pair { devices, here, there in
            let list = try WishList("birthday", in: here)
            let same = try WishList("birthday", in: there)
            let picture = AssetReference(
                uri: "https://example.com/mug.png", type: "image/png",
                digest: "sha256:" + String(repeating: "a1", count: 32))
            try await list.title.set("Birthday")
            let mug = list.items["mug"]
            try await mug.title.set("Mug")
            try await mug.price.set(Money(1_299, "EUR"))
            try await mug.wanted.add(2)
            try await mug.priority.set(.someDay)
            try await mug.picture.set(picture)
            try await list.sharedWith.insert("Bo")
            try await same.items["mug"].wanted.add(3)
            try await same.items["mug"].priority.set(.must)
            try await same.items["tea"].title.set("Tea")
            try await same.sharedWith.insert("Cy")
            try await Self.settle(devices)
            for list in [list, same] {
                #expect(list.title.value == "Birthday")
                #expect(list.items.keys == ["mug", "tea"])
                let mug = list.items["mug"]
                #expect(mug.price.value == Money(1_299, "EUR") && mug.picture.value == picture)
                #expect(mug.wanted.value == 5, "both devices' increments")
                #expect(mug.priority.value == .must, "the strictest")
                #expect(list.sharedWith.values == ["Bo", "Cy"])
            }
            try await same.items.remove("tea")
            try await same.items["mug"].wanted.set(1)
            try await same.sharedWith.remove("Bo")
            try await same.title.clear()
            try await Self.settle(devices)
            #expect(list.items.keys == ["mug"] && !list.items.contains("tea"))
            #expect(list.items["mug"].wanted.value == 1 && list.title.value == nil)
            #expect(list.sharedWith.values == ["Cy"] && list.sharedWith.contains("Cy"))
            #expect(list.plain == same.plain)
        }
    }

    @Test func `A workflow moves on from where it stands, in one event as in many`() async throws {
        try await Self.pair { devices, here, there in
            let visit = try Appointment("a-1", in: here)
            let time = Instant(milliseconds: 1_760_000_000_123)
            try await here.edit {
                $0.move(visit.status, to: .asked)
                $0.set(visit.at, to: time)
                $0.set(visit.minutes, to: 30)
                $0.set(visit.reminders, to: true)
                $0.append("The beard, too", to: visit.wishes)
            }
            #expect(here.pendingCount == 1)
            try await Self.settle(devices)
            let seen = try #require(Appointment.all(in: there).first)
            #expect(seen.status.value == .asked && seen.at.value == time)
            #expect(seen.minutes.value == 30 && seen.reminders.value == true)
            #expect(seen.wishes.values == ["The beard, too"])
            await #expect(throws: SyncFailure.self) { try await seen.status.move(to: .kept) }
            #expect(there.pendingCount == 0)
            try await seen.status.move(to: .cancelled)
            try await Self.settle(devices)
            #expect(visit.status.value == .cancelled)
            #expect(visit.plain == seen.plain)
        }
    }

    @Test func `Names that Swift keeps for itself are read and written by others`() async throws {
        try await Self.pair { devices, here, there in
            let odd = try ProtocolEntity("p", in: here)
            let same = try ProtocolEntity("p", in: there)
            try await odd.default.set("usual")
            try await odd.init_.set(7)
            try await same.init_.set(5)
            try await odd.place_.add(2)
            try await odd.class.insert(true)
            try await odd.Type_.set(false)
            try await odd.string.in.set(Instant(milliseconds: 0))
            try await odd.string.self_.move(to: .open)
            try await odd.string.self_.move(to: .is)
            try await odd.money.set(.none_)
            try await odd.sizes["shirt"]["42"].add(4)
            try await odd.consents["mail"].set(.given)
            try await same.consents["mail"].set(.withdrawn)
            try await Self.settle(devices)
            for odd in [odd, same] {
                #expect(odd.default.value == "usual" && odd.init_.values == [5, 7])
                #expect(odd.place_.value == 2 && odd.class.values == [true])
                #expect(odd.Type_.value == false && odd.money.value == .none_)
                #expect(odd.string.in.value?.description == "1970-01-01T00:00:00.000Z")
                #expect(odd.string.self_.value == .is)
                #expect(odd.sizes["shirt"]["42"].value == 4)
                #expect(odd.consents["mail"].value == .withdrawn)
                #expect(odd.picture.value == nil && odd.sizes["none"].keys.isEmpty)
            }
            for value in ProtocolEntity.MoneyField.allCases { try await same.money.set(value) }
            try await Self.settle(devices)
            #expect(odd.money.plain == "say \"\\(no)\"")
        }
    }

    @Test func `Several moves of one event follow on each other`() async throws {
        try await Self.pair { devices, here, _ in
            let odd = try ProtocolEntity("p", in: here)
            try await here.edit {
                $0.move(odd.string.self_, to: .open)
                $0.move(odd.string.self_, to: .is)
                $0.move(odd.string.self_, to: .shut)
            }
            #expect(odd.string.self_.value == .shut)
            try await Self.settle(devices)
            #expect(odd.string.self_.value == .shut)
        }
    }

    @Test func `What a later schema added reads as nothing, and stays as it is`() {
        #expect(Appointment.Status(fieldValue: "postponed") == nil)
        #expect(Int64(fieldValue: "3") == nil && String(fieldValue: .integer(3)) == nil)
        #expect(Bool(fieldValue: .integer(1)) == nil && Money(fieldValue: .boolean(true)) == nil)
        #expect(Instant(fieldValue: "2026-01-31") == nil)
        #expect(AssetReference(fieldValue: .object(["uri": "x"])) == nil)
    }

    @Test func `An instant is a date to the millisecond`() {
        let instant = Instant(milliseconds: 1_760_000_000_123)
        #expect(Instant(instant.date.addingTimeInterval(0.000_4)) == instant)
        #expect(Instant(fieldValue: instant.fieldValue) == instant)
        #expect(Instant(Date(timeIntervalSince1970: 1)).milliseconds == 1_000)
    }
}
