import BatonCore
import Testing

/// A move that contradicts what its author had seen is refused; a concurrent one is not.
struct MovesTests {
    private let here = ReplicaID(high: 0, low: 1)
    private let there = ReplicaID(high: 0, low: 2)

    private func event(
        _ replica: ReplicaID, _ counter: UInt64, seen: UInt64, _ moves: (ExactText, ExactText)...
    ) throws -> Event {
        let order = try EntityID("order/o")
        return try Event(
            dot: Dot(replica, Counter(rawValue: counter)),
            context: Context(
                replica: replica, own: Counter(rawValue: counter - 1), seen: Offset(rawValue: seen)),
            timestamp: Timestamp(milliseconds: 1_000 + Int64(counter)), channel: ChannelName("web"),
            operations: moves.map {
                FieldOperation(order, FieldPath(["status"]), .move(from: $0.0, to: $0.1))
            })
    }

    /// An order that was placed at offset 1 and delivered at 2.
    private func delivered() throws -> StreamState {
        var state = StreamState()
        let placed = try event(here, 1, seen: 0, ("", "placed"))
        let sent = try event(here, 2, seen: 1, ("placed", "shipped"), ("shipped", "delivered"))
        state.apply(.event(placed), at: Offset(rawValue: 1), schemas: TestSchemas.shop)
        state.apply(.event(sent), at: Offset(rawValue: 2), schemas: TestSchemas.shop)
        return state
    }

    private func refusal(_ state: StreamState, _ event: Event) -> RefusalCode? {
        state.refusal(ofMovesIn: event, schemas: TestSchemas.shop)?.code
    }

    @Test func `A delivered order that was seen is not placed anew`() throws {
        let state = try delivered()
        #expect(refusal(state, try event(there, 1, seen: 2, ("", "placed"))) == .schemaViolation)
        #expect(
            refusal(state, try event(there, 1, seen: 2, ("placed", "shipped"))) == .schemaViolation)
        #expect(refusal(state, try event(there, 1, seen: 2, ("delivered", "returned"))) == nil)
    }

    @Test func `A move that had not seen the latest one is left to precedence`() throws {
        let state = try delivered()
        #expect(refusal(state, try event(there, 1, seen: 1, ("placed", "cancelled"))) == nil)
        #expect(refusal(state, try event(there, 1, seen: 0, ("", "placed"))) == nil)
    }

    @Test func `A workflow begins with a move from nothing`() throws {
        let state = StreamState()
        #expect(
            refusal(state, try event(here, 1, seen: 0, ("placed", "shipped"))) == .schemaViolation)
        #expect(refusal(state, try event(here, 1, seen: 0, ("", "placed"))) == nil)
    }

    @Test func `Moves of one event follow each other`() throws {
        let state = StreamState()
        let chain = try event(here, 1, seen: 0, ("", "placed"), ("placed", "cancelled"))
        #expect(refusal(state, chain) == nil)
        let broken = try event(here, 1, seen: 0, ("", "placed"), ("shipped", "delivered"))
        #expect(refusal(state, broken) == .schemaViolation)
    }

    @Test func `An event that is in the log already is not refused when it comes again`() throws {
        let state = try delivered()
        #expect(refusal(state, try event(here, 1, seen: 0, ("", "placed"))) == nil)
        #expect(
            refusal(
                state, try event(here, 2, seen: 1, ("placed", "shipped"), ("shipped", "delivered")))
                == nil)
    }
}
