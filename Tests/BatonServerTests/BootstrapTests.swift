import BatonCore
import BatonLog
import BatonWire
import Testing

@testable import BatonServer

/// Section 9.2: what a new device pays for is the live state, not history.
@Suite struct `A new device` {
    private func limits() -> ServerLimits {
        var limits = ServerLimits()
        limits.eventsPerSnapshot = 8
        limits.eventsFoldedPerPull = 4
        return limits
    }

    /// So many pushed events that all write the same place.
    private func fill(_ engine: some LogEngine, events: UInt64) async throws -> StreamKey {
        let service = StreamService(
            engine: engine, schemas: BuiltinSchemas.all, limits: limits(), wallClock: { 10 })
        let caller = Principal(tenant: try TenantID("acme"), role: .service, streams: .all)
        let key = try service.key("s", for: caller)
        let replica = ReplicaID(high: 0xD, low: 1)
        for number in 1...events {
            let event = try Event(
                dot: Dot(replica, Counter(rawValue: number)),
                context: Context(
                    replica: replica, own: Counter(rawValue: number - 1), seen: .start),
                timestamp: Timestamp(milliseconds: 1), channel: ChannelName("app"),
                operations: [
                    FieldOperation(
                        EntityID("cart/main"), FieldPath(["note"]), .set(.string("\(number)")))
                ])
            var push = Baton_V1_PushRequest()
            push.batch.replica = replica.description
            push.batch.counter = number
            push.batch.events = [event.message]
            let batch = try PushedBatch(pushRequest: Protobuf.encode(push))
            _ = try await service.push(batch, to: key, by: caller)
        }
        return key
    }

    @Test func `is given the state of a long stream that nobody has folded`() async throws {
        let engine = MemoryLog()
        let key = try await fill(engine, events: 30)
        #expect(try await engine.snapshot(of: key) == nil)
        try await TestServer.with(engine: engine, limits: limits()) { server in
            for _ in 1...2 {
                let answer = try await server.call("GET", "/v1/streams/s/events").json
                let snapshot = try #require(answer["snapshot"] as? [String: Any])
                #expect(snapshot["offset"] as? String == "30")
                #expect(answer["batches"] == nil && answer["stateHash"] != nil)
            }
            #expect(try await engine.snapshot(of: key)?.offset == Offset(rawValue: 30))
        }
    }

    @Test func `is given the events of a short stream`() async throws {
        let engine = MemoryLog()
        _ = try await fill(engine, events: 8)
        try await TestServer.with(engine: engine, limits: limits()) { server in
            let answer = try await server.call("GET", "/v1/streams/s/events").json
            #expect(answer["snapshot"] == nil && answer["batches"] != nil)
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `finds what was pushed folded before it comes`() async throws {
        let engine = MemoryLog()
        try await TestServer.with(engine: engine, limits: limits()) { server in
            let key = StreamKey(tenant: try TenantID("acme"), stream: try StreamID("s"))
            let device = RawDevice(1, channel: "app", stream: "s")
            for number in 1...3 {
                let events = (1...4).map {
                    device.event(
                        seen: 0, time: server.clock.now,
                        #"{"entity":"cart/main","path":"/note","set":"\#(number).\#($0)"}"#)
                }
                #expect(try await device.push(events, to: server).status == 200)
            }
            while try await engine.snapshot(of: key) == nil {
                try await Task.sleep(for: .milliseconds(5))
            }
        }
    }

    @Test func `waits for another one's fold of the same stream`() async throws {
        let folds = LongFolds()
        let key = StreamKey(tenant: try TenantID("acme"), stream: try StreamID("s"))
        let other = StreamKey(tenant: try TenantID("acme"), stream: try StreamID("t"))
        await folds.begin(key)
        await folds.begin(other)
        let (order, mark) = AsyncStream<Int>.makeStream()
        let second = Task {
            await folds.begin(key)
            mark.yield(2)
            folds.end(key)
        }
        mark.yield(1)
        folds.end(key)
        await second.value
        await folds.begin(key)
        mark.finish()
        #expect(await order.reduce(into: []) { $0.append($1) } == [1, 2])
    }

    @Test func `is not kept in mind beyond a number of bytes`() async throws {
        let engine = MemoryLog()
        let key = try await fill(engine, events: 30)
        var limits = limits()
        let one = StateCache(engine: engine, schemas: BuiltinSchemas.all, limits: limits)
        _ = try await one.state(of: key)
        #expect(one.held.states == 1 && one.held.bytes > 0)
        limits.cachedStateBytes = one.held.bytes - 1
        let none = StateCache(engine: engine, schemas: BuiltinSchemas.all, limits: limits)
        _ = try await none.state(of: key)
        #expect(none.held == (0, 0))
    }
}
