import BatonCore
import Testing

struct NamesTests {
    @Test func `An entity is named type/id`() throws {
        let cart = try EntityID("cart/main")
        #expect(cart.type == "cart" && cart.id == "main")
        #expect("\(cart)" == "cart/main")
        #expect(try EntityID("a/A.b_c~d:e@f-9").id == "A.b_c~d:e@f-9")
    }

    @Test(arguments: [
        "", "cart", "cart/", "/main", "Cart/main", "1cart/main", "cart/-main", "cart/a/b",
        "cart/a b", "cart/é", "cart/\u{301}a", "ca_rt/main",
    ]) func `A wrong entity name is refused with the rule`(text: String) {
        #expect(throws: InvalidName.self) { try EntityID(text) }
        do {
            _ = try EntityID(text)
        } catch {
            #expect(error.description.contains("use "))
        }
    }

    @Test func `Names have a greatest length`() throws {
        let long = String(repeating: "a", count: 128)
        #expect(try StreamID(long).description == long)
        #expect(throws: InvalidName.self) { try StreamID(long + "a") }
        #expect(throws: InvalidName.self) { try TenantID(String(repeating: "a", count: 64)) }
        #expect(throws: InvalidName.self) { try ChannelName(String(repeating: "a", count: 33)) }
        #expect(throws: InvalidName.self) {
            try EntityID(type: String(repeating: "a", count: 64), id: "x")
        }
    }

    @Test func `Each kind of name has its own letters`() throws {
        #expect(try TenantID("9-lives").description == "9-lives")
        #expect(throws: InvalidName.self) { try TenantID("Acme") }
        #expect(try StreamID("anon-1:x@y~z").description == "anon-1:x@y~z")
        #expect(throws: InvalidName.self) { try StreamID(".hidden") }
        #expect(try ChannelName("call-center").description == "call-center")
        #expect(throws: InvalidName.self) { try ChannelName("9th") }
    }
}
