import BatonCore
import Testing

@testable import BatonServer

/// What a caller owes for the bytes that it caused.
@Suite struct PrincipalBudgetTests {
    private let clock = TestClock()

    private func budget() -> PrincipalBudget {
        var limits = ServerLimits()
        limits.bytesPerMinute = 60_000
        return PrincipalBudget(limits, now: { [clock] in clock.now })
    }

    private func caller() throws -> Principal {
        try Principal(
            tenant: TenantID("acme"), role: .kiosk, streams: .all,
            replica: ReplicaID(high: 1, low: 1))
    }

    @Test func `Debt is paid off in two minutes at most, and the answer says when`() throws {
        let (budget, caller) = (budget(), try caller())
        let payer = PrincipalBudget.Payer(caller)
        #expect(budget.pay(60_000, by: payer) == 0)
        #expect(budget.pay(1_000, by: payer) == 1_000)
        #expect(budget.pay(1 << 40, by: payer) == 120_000)
        clock.advance(20_000)
        let problem = #expect(throws: Problem.self) { try budget.take(caller) }
        #expect(problem?.slug == .limitExceeded && problem?.wait == 100)
        #expect(problem?.detail.hasSuffix("wait 100 seconds") == true)
        clock.advance(100_000)
        try budget.take(caller)
    }

    @Test func `Who causes nothing for a while has no more to spend than a minute's worth`() throws
    {
        let (budget, caller) = (budget(), try caller())
        try budget.take(caller)
        clock.advance(3_600_000)
        #expect(budget.pay(61_000, by: PrincipalBudget.Payer(caller)) == 1_000)
    }

    @Test(arguments: [Role.service, .operator])
    func `A tenant's own servers owe nothing`(role: Role) throws {
        let budget = budget()
        let caller = try Principal(tenant: TenantID("acme"), role: role, streams: .all)
        #expect(budget.pay(1 << 40, by: PrincipalBudget.Payer(caller)) == 0)
        try budget.take(caller)
        #expect(budget.count == 0)
    }
}
