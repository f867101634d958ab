import BatonCore
import Testing

struct HybridClockTests {
    @Test func `Readings follow the wall clock and never repeat`() {
        var clock = HybridClock()
        #expect(clock.read(wall: 100) == Timestamp(milliseconds: 100))
        #expect(clock.read(wall: 100) == Timestamp(milliseconds: 100, tick: 1))
        #expect(clock.read(wall: 90) == Timestamp(milliseconds: 100, tick: 2))
        #expect(clock.read(wall: 101) == Timestamp(milliseconds: 101))
    }

    @Test func `A full tick moves on to the next millisecond`() {
        var clock = HybridClock(latest: Timestamp(milliseconds: 100, tick: .max))
        #expect(clock.read(wall: 50) == Timestamp(milliseconds: 101))
    }

    @Test func `A reading comes after every remote one that was taken in`() {
        var clock = HybridClock()
        #expect(clock.observe(Timestamp(milliseconds: 500, tick: 7), wall: 100) == .accepted)
        #expect(clock.read(wall: 100) == Timestamp(milliseconds: 500, tick: 8))
    }

    @Test func `A remote reading too far ahead is left out`() {
        var clock = HybridClock()
        #expect(
            clock.observe(Timestamp(milliseconds: 1_001), wall: 0, drift: 1_000)
                == .refused(excess: 1))
        #expect(clock.latest == Timestamp(milliseconds: 0))
        #expect(clock.observe(Timestamp(milliseconds: 1_000), wall: 0, drift: 1_000) == .accepted)
    }

    @Test func `No distance between two clocks overflows`() {
        var clock = HybridClock()
        #expect(
            clock.observe(Timestamp(milliseconds: .max), wall: .min) == .refused(excess: .max))
        #expect(clock.observe(Timestamp(milliseconds: .min), wall: .max) == .accepted)
        #expect(clock.latest == Timestamp(milliseconds: 0))
    }

    @Test func `A clock that was wrong can be set back`() {
        var clock = HybridClock(latest: Timestamp(milliseconds: 9_000))
        clock.reset(to: 100)
        #expect(clock.read(wall: 101) == Timestamp(milliseconds: 101))
    }
}
