import Testing

@testable import BatonServer

@Suite struct `A hand-off's code` {
    @Test func `has forty bits in eight letters`() {
        #expect(HandoffCode(bits: 0).description == "0000-0000")
        #expect(HandoffCode(bits: .max).description == "ZZZZ-ZZZZ")
        #expect(HandoffCode(bits: 1 << 40).description == "0000-0000")
        #expect(HandoffCode(bits: 0x12_3456_789A).uri == "BATON:HANDOFF/28T5-CY4T")
    }

    @Test(arguments: [
        "28T5-CY4T", "28t5cy4t", " 28T5 CY4T ", "BATON:HANDOFF/28T5-CY4T",
        "baton:handoff/28t5-cy4t",
    ])
    func `is read as people write it`(text: String) {
        #expect(HandoffCode(text) == HandoffCode(bits: 0x12_3456_789A))
    }

    @Test func `is read with letters that look alike`() {
        #expect(HandoffCode("O1lI-oO00") == HandoffCode("0111-0000"))
    }

    @Test(arguments: [
        "", "28T5-CY4", "28T5-CY4T0", "28T5-CY4U", "28T5_CY4T", "é8T5-CY4T",
        String(repeating: " ", count: 80) + "28T5CY4T",
    ])
    func `is nothing else`(text: String) {
        #expect(HandoffCode(text) == nil)
    }
}

@Suite struct `Guesses` {
    private func limits() -> ServerLimits {
        var limits = ServerLimits()
        limits.guessesPerCaller = .init(burst: 3, interval: 1_000)
        limits.guessesOfAll = .init(burst: 5, interval: 100)
        return limits
    }

    @Test func `are counted for each caller, and come back with time`() {
        let budget = GuessBudget(limits())
        #expect((0..<4).map { _ in budget.take("a", now: 0) } == [0, 0, 0, 1_000])
        #expect(budget.take("b", now: 0) == 0)
        #expect(budget.take("a", now: 999) > 0)
        #expect(budget.take("a", now: 1_000) == 0)
        #expect(budget.take("a", now: 1_000) > 0)
    }

    @Test func `are counted for all together`() {
        let budget = GuessBudget(limits())
        #expect((0..<6).map { budget.take("caller \($0)", now: 0) } == [0, 0, 0, 0, 0, 100])
        #expect(budget.take("caller 9", now: 100) == 0)
        #expect(budget.take("caller 8", now: 100) > 0)
    }

    @Test func `that were right are given back`() {
        let budget = GuessBudget(limits())
        for _ in 0..<20 {
            #expect(budget.take("a", now: 0) == 0)
            budget.giveBack("a")
        }
    }

    @Test func `come back also where the clock was set back`() {
        let budget = GuessBudget(limits())
        for _ in 0..<3 { _ = budget.take("a", now: 1_000_000) }
        #expect(budget.take("a", now: 0) > 0)
        #expect(budget.take("a", now: 3_000) == 0)
    }
}
