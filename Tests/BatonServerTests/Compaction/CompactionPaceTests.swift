import Synchronization
import Testing

@testable import BatonServer

/// A rate is kept on average, without sleeping what the work took anyway.
@Suite struct CompactionPaceTests {
    private final class Watch: Sendable {
        private let state = Mutex((now: Duration.zero, slept: Duration.zero))
        var now: Duration { state.withLock { $0.now } }
        var slept: Duration { state.withLock { $0.slept } }
        func work(_ time: Duration) { state.withLock { $0.now += time } }
        func sleep(_ time: Duration) {
            state.withLock {
                $0.now += time
                $0.slept += time
            }
        }
    }

    @Test func `The time that the work takes is not slept again`() async {
        let watch = Watch()
        var pace = CompactionPace(
            entriesPerSecond: 1_000, now: { watch.now }, sleep: { watch.sleep($0) })
        await pace.wait(for: 100)
        #expect(watch.slept == .milliseconds(100))
        watch.work(.milliseconds(60))
        await pace.wait(for: 100)
        #expect(watch.slept == .milliseconds(140))
        // A long pause saves up no more than a second's worth.
        watch.work(.seconds(50))
        for _ in 0..<11 { await pace.wait(for: 100) }
        #expect(watch.slept == .milliseconds(240))
    }

    @Test func `A step is a tenth of a second's worth, and never nothing`() async {
        #expect(CompactionPace(entriesPerSecond: 20_000).step(atMost: 5_000) == 2_000)
        #expect(CompactionPace(entriesPerSecond: 1).step(atMost: 5_000) == 1)
        #expect(CompactionPace.unbounded.step(atMost: 5_000) == 5_000)
    }
}
