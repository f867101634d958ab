import BatonCore
import Testing

@testable import BatonLog

/// What a log tells of its commits, and of where its streams end.
struct LogRecordTests {
    @Test
    func `Of several files the latest trouble counts, and a good commit ends that of its own`() {
        let now = ContinuousClock.now
        var first = LogRecord()
        var second = LogRecord()
        first.noteFailure(.full, at: now)
        second.noteFailure(.inputOutput, at: now + .seconds(1))
        func sum() -> LogRecord {
            var sum = LogRecord()
            sum.add(first)
            sum.add(second)
            return sum
        }
        #expect(sum().trouble?.code == .inputOutput)
        second.noteCommit(took: .milliseconds(3))
        #expect(sum().trouble?.code == .full)
        first.noteCommit(took: .seconds(6))
        #expect(sum().trouble == nil)
        #expect(sum().failures == [.full: 1, .inputOutput: 1])
        #expect(sum().commits[2] == 1 && sum().commits.last == 1)
        #expect(sum().commits.reduce(0, +) == 2 && sum().seconds == 6.003)
    }
}
