import BatonCore
import BatonLog
import Testing

@testable import BatonServer

/// What may go is a prefix of whole chunks that every part of the policy lets go.
@Suite struct CompactionPlanTests {
    /// The plan for chunks of (entries, received at), at time 1,000.
    private func plan(
        _ chunks: [(Int, Int64)], olderThan: Int64? = nil, keepLast: UInt64? = nil,
        horizon: UInt64 = 0
    ) throws -> CompactionPlan {
        let key = StreamKey(tenant: try TenantID("acme"), stream: try StreamID("cust-1"))
        let head = horizon + UInt64(chunks.reduce(0) { $0 + $1.0 })
        var plan = CompactionPlan(
            key,
            head: LogHead(
                offset: Offset(rawValue: head), horizon: Offset(rawValue: horizon),
                chain: LogChain.start),
            policy: CompactionPolicy(olderThan: olderThan, keepLast: keepLast), now: 1_000)
        var offset = horizon + 1
        // One more than there was when the plan was begun: it came since.
        for (count, receivedAt) in chunks + [(5, 0)] {
            plan.take(
                ChunkHeader(
                    replica: ReplicaID(high: 1, low: 1), counter: Counter(rawValue: offset),
                    offset: Offset(rawValue: offset), count: count, bytes: 10 * count,
                    receivedAt: receivedAt, chain: LogChain.start))
            offset += UInt64(count)
        }
        return plan
    }

    @Test func `What is old enough goes, and what came after it stays`() throws {
        let plan = try plan([(3, 100), (2, 500), (4, 501), (1, 900)], olderThan: 500)
        #expect(plan.through == Offset(rawValue: 5))
        #expect(plan.entries == 5)
        #expect(plan.bytes == 50)
        #expect(plan.stays == 5)
        #expect(plan.reason == "5 younger than the policy lets go")
    }

    @Test func `The last ones stay, and with them what came in the same push`() throws {
        let plan = try plan([(3, 1), (4, 2), (2, 3)], keepLast: 3)
        #expect(plan.through == Offset(rawValue: 3))
        #expect(plan.young == 0 && plan.last == 3 && plan.together == 3)
        #expect(
            plan.reason
                == "3 among the last that it keeps, 3 that came with or after one that stays")
    }

    @Test func `Where both are said, both have to let it go`() throws {
        let chunks: [(Int, Int64)] = [(2, 100), (2, 200), (2, 300), (2, 400)]
        let byAge = try plan(chunks, olderThan: 750, keepLast: 2)
        #expect(byAge.through == Offset(rawValue: 4))
        let byNumber = try plan(chunks, olderThan: 600, keepLast: 5)
        #expect(byNumber.through == Offset(rawValue: 2))
    }

    @Test func `Nothing young goes because an old one comes after it`() throws {
        // The server's clock was set back between the second and the third.
        let plan = try plan([(1, 100), (1, 900), (1, 200)], olderThan: 500)
        #expect(plan.through == Offset(rawValue: 1))
        #expect(plan.stays == 2 && plan.young == 1 && plan.together == 1)
    }

    @Test func `Everything may go, and a stream of which nothing is left has nothing to go`() throws
    {
        #expect(try plan([(3, 1), (4, 2)], keepLast: 0).through == Offset(rawValue: 7))
        #expect(try plan([(3, 1)], keepLast: 0).reason == "nothing stays")
        let empty = try plan([], keepLast: 0, horizon: 9)
        #expect(empty.entries == 0 && empty.through == Offset(rawValue: 9))
        #expect(try plan([(3, 1)], keepLast: 100).entries == 0)
    }
}
