import BatonCore
import BatonWire
import Testing

@testable import BatonReplay

@Suite struct ShopWriteTests {
    private let schemas = BuiltinSchemas.all
    private let replica = ReplicaID(high: 1, low: 1)

    /// What one writer, who sees everything, makes of the events of one person.
    private func merged(_ events: [ShopEvent]) throws -> StreamState {
        var state = StreamState()
        for event in events {
            let write = try ShopWrite(event.action, at: event.time) {
                state.value(of: $0, schemas: schemas)
            }
            let operations = write.operations
            guard !operations.isEmpty else { continue }
            #expect(schemas.refusal(of: operations, by: .service) == nil, "\(event.action)")
            let own = state.vector[replica]
            let offset = state.offset
            let event = Event(
                dot: Dot(replica, own.next),
                context: Context(replica: replica, own: own, seen: offset),
                timestamp: Timestamp(milliseconds: event.time, tick: 0),
                channel: event.device.channel,
                operations: operations + state.keeps(for: operations, schemas: schemas))
            #expect(event.malformation == nil)
            state.apply(.event(event), at: offset.next, schemas: schemas)
        }
        return state
    }

    @Test(arguments: 1...30 as ClosedRange<UInt64>)
    func `What is written makes what the plain count makes`(seed: UInt64) throws {
        let events = try MadeUpShop(seed: seed, people: 1, steps: 120).events
        let person = try PlainCount(events).person("cust-0")
        let comparison = EntityComparison(try merged(events), person)
        #expect(comparison.differences == [])
        #expect(comparison.orders.compared > 3)
        #expect(comparison.carts.compared == 1 && comparison.profiles.compared == 1)
    }

    @Test func `A count that is off by one action is found`() throws {
        let events = try MadeUpShop(seed: 1, people: 1, steps: 120).events
        let last = try #require(
            events.lastIndex {
                if case .journeyFact = $0.action { return true }
                return false
            })
        var fewer = events
        fewer.remove(at: last)
        let comparison = EntityComparison(
            try merged(events), try PlainCount(fewer).person("cust-0"))
        #expect(comparison.differences == ["profile/main: another journey"])
        #expect(comparison.profiles == .init(compared: 1, different: 1))
    }

    @Test func `Removing more than there is removes the line, removing less takes away pieces`()
        throws
    {
        let cart = Value.object([
            "lines": .object(["a": .object(["quantity": .integer(3)])])
        ])
        func operations(_ quantity: Int64?) throws -> ShopWrite {
            try ShopWrite(.removeFromCart(sku: "a", quantity: quantity), at: 0) { _ in cart }
        }
        let main = try EntityID(type: "cart", id: "main")
        let whole = ShopWrite.event([
            FieldOperation(main, FieldPath(["lines"]), .remove(.string("a")))
        ])
        #expect(try operations(nil) == whole)
        #expect(try operations(3) == whole)
        #expect(
            try operations(2)
                == .event([
                    FieldOperation(
                        main, FieldPath(["lines", "a", "quantity"]), .add(.integer(-2)))
                ]))
    }

    @Test func `What is about an order that is not seen yet waits`() throws {
        let payment = ShopPayment(key: "1", method: "card", amount: nil)
        #expect(try ShopWrite(.moveOrder(id: "o", to: "shipped"), at: 0) { _ in nil } == .waits)
        #expect(try ShopWrite(.pay(order: "o", payment), at: 0) { _ in nil } == .waits)
        #expect(try ShopWrite(.viewed("home"), at: 0) { _ in nil } == .nothing)
    }
}
