import BatonCore
import Testing

@testable import BatonReplay

@Suite struct JournalCheckTests {
    private func dot(_ replica: UInt64, _ counter: UInt64) -> Dot {
        Dot(ReplicaID(high: 0, low: replica), Counter(rawValue: counter))
    }

    private func void(_ dot: Dot) -> Entry {
        .void(dot, Refusal(.notPermitted, "no"))
    }

    private func event(_ dot: Dot) throws -> Entry {
        .event(
            Event(
                dot: dot,
                context: Context(
                    replica: dot.replica, own: Counter(rawValue: dot.counter.rawValue - 1),
                    seen: .start), timestamp: Timestamp(milliseconds: 1, tick: 0),
                channel: try ChannelName("web"), operations: []))
    }

    @Test func `Each event once is as it should be, refused ones are told`() throws {
        let check = JournalCheck(
            written: [dot(1, 1), dot(2, 1)], log: [try event(dot(2, 1)), void(dot(1, 1))])
        #expect(check.kept == 1)
        #expect(check.refused == ["not-permitted": 1])
        #expect(check.lost.isEmpty && check.doubled.isEmpty)
    }

    @Test func `What is not in the log is lost`() throws {
        let check = JournalCheck(written: [dot(1, 1), dot(1, 2)], log: [try event(dot(1, 1))])
        #expect(check.lost == [dot(1, 2)])
    }

    @Test func `What is there twice, or was written by nobody, is doubled`() throws {
        let check = JournalCheck(
            written: [dot(1, 1)],
            log: [try event(dot(1, 1)), try event(dot(1, 1)), try event(dot(3, 1))])
        #expect(check.doubled == [dot(1, 1), dot(3, 1)])
        #expect(check.kept == 1)
    }
}
