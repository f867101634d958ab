import BatonCore
import Testing

struct ContextTests {
    let mine = ReplicaID(high: 0, low: 1)
    let other = ReplicaID(high: 0, low: 2)

    @Test func `A context covers the log up to an offset, its own events and a vector`() {
        let context = Context(
            replica: mine, own: Counter(rawValue: 2), seen: Offset(rawValue: 10),
            beyond: VersionVector([other: Counter(rawValue: 5)]))
        func covers(_ replica: ReplicaID, _ counter: UInt64, _ offset: UInt64) -> Bool {
            context.covers(Dot(replica, Counter(rawValue: counter)), at: Offset(rawValue: offset))
        }
        #expect(covers(ReplicaID(high: 9, low: 9), 99, 10))
        #expect(!covers(ReplicaID(high: 9, low: 9), 99, 11))
        #expect(covers(mine, 2, 0) && covers(mine, 2, 50))
        #expect(!covers(mine, 3, 0))
        #expect(covers(mine, 3, 4))
        #expect(covers(other, 5, 0) && covers(other, 5, 11))
        #expect(!covers(other, 6, 0))
    }

    @Test func `An event without an offset is not in the log, whatever was seen of it`() {
        let context = Context(replica: mine, own: .none, seen: Offset(rawValue: 10))
        #expect(!context.covers(Dot(other, Counter(rawValue: 1)), at: .start))
    }
}
