import BatonCore
import Testing

@testable import BatonSync

/// Conflicts as the app meets them.
@Suite struct `Conflicts` {
    private let shop = TestShop()

    private func note(_ client: SyncClient, _ text: String) async throws {
        let text = Value.string(text)
        try await client.stream("cust-1").entity("cart/main").edit { $0.set(text, at: "note") }
    }

    @Test func `come as they arise, and go when somebody who saw all sides writes`() async throws {
        let (phone, web) = (try await shop.client(), try await shop.client())
        var all = try phone.stream("cust-1").conflictChanges.makeAsyncIterator()
        var ofCart = try phone.stream("cust-1").entity("cart/main").conflictChanges
            .makeAsyncIterator()
        #expect(await all.next() == [])
        #expect(await ofCart.next() == [])
        try await note(phone, "ring")
        try await note(web, "knock")
        try await web.sync()
        try await phone.sync()
        let found = try #require(await all.next())
        #expect(
            found.map { "\($0.entity)\($0.path) \($0.rule)" } == ["cart/main/note register latest"])
        #expect(
            Set(found.flatMap { [$0.picked] + $0.overruled }.compactMap(\.value)) == [
                "ring", "knock",
            ])
        #expect(await ofCart.next() == found)
        #expect(phone.conflicts() == [try StreamID("cust-1"): found])

        // One side that writes again without having seen the other settles nothing.
        try await note(web, "knock twice")
        try await web.sync()
        #expect(try web.stream("cust-1").conflicts.count == 1)
        try await note(web, "both")
        #expect(try web.stream("cust-1").conflicts == [])
        try await web.sync()
        try await phone.sync()
        #expect(await all.next() == [])
        #expect(await ofCart.next() == [])
    }

    @Test func `show a mark for what the schema hides from who looks`() async throws {
        let (phone, web) = (try await shop.client(), try await shop.client())
        let kiosk = try await shop.client { $0.role = .kiosk }
        for (client, name) in [(phone, Value.string("Ann")), (web, .string("Anna"))] {
            try await client.stream("cust-1").entity("profile/main").edit {
                $0.set(name, at: "name")
            }
            try await client.sync()
        }
        _ = try kiosk.stream("cust-1")
        try await kiosk.sync()
        try await phone.sync()
        let open = try #require(try phone.stream("cust-1").conflicts.first)
        #expect(Set([open.picked.value, open.overruled.first?.value]) == ["Ann", "Anna"])
        let hidden = try #require(try kiosk.stream("cust-1").conflicts.first)
        #expect(hidden.picked.value == Redaction.mark)
        #expect(hidden.overruled.map(\.value) == [Redaction.mark])
        #expect(try kiosk.stream("cust-1").entity("profile/main").conflicts == [hidden])
        #expect(kiosk.conflicts().values.flatMap(\.self) == [hidden])
    }
}
