import Synchronization
import Testing

@testable import BatonServer

@Suite struct BoundsTests {
    @Test func `A budget refuses what does not fit, and takes it again once there is room`() {
        let budget = ByteBudget(100)
        #expect(budget.take(60) && budget.take(40))
        #expect(!budget.take(1))
        budget.giveBack(40)
        #expect(budget.take(1))
        #expect(budget.held == 61 && budget.most == 100)
    }

    @Test func `What is larger than the whole budget is taken alone`() {
        let budget = ByteBudget(100)
        #expect(budget.take(1_000))
        #expect(!budget.take(1))
        budget.giveBack(1_000)
        #expect(budget.held == 0)
    }

    @Test func `A request that ends in whatever way gives back all that it held`() {
        let budget = ByteBudget(100)
        var held: HeldBytes? = HeldBytes()
        #expect(held?.take(30, from: budget) == true && held?.take(30, from: budget) == true)
        #expect(held?.take(50, from: budget) == false)
        held?.release()
        #expect(budget.held == 0)
        #expect(held?.take(10, from: budget) == true)
        held = nil
        #expect(budget.held == 0)
    }

    @Test func `A place is freed once, by its holder's end at the latest`() {
        let places = Places(1)
        var place = PlaceTaken(places)
        #expect(place != nil && PlaceTaken(places) == nil)
        place?.free()
        place?.free()
        #expect(places.count == 0)
        place = nil
        place = PlaceTaken(places)
        #expect(places.count == 1)
        place = nil
        #expect(places.count == 0)
    }

    @Test func `Turns are taken in order, and never more at once than may be`() async {
        let turns = Turns(2)
        let workers = Workers()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<50 {
                group.addTask { await turns.take { await workers.work() } }
            }
        }
        #expect((1...2).contains(workers.most))
        #expect(turns.counts == (0, 0))
    }

    /// Counts who works at the same time.
    private final class Workers: Sendable {
        private let state = Mutex((now: 0, most: 0))

        var most: Int { state.withLock { $0.most } }

        func work() async {
            state.withLock { state in
                state.now += 1
                state.most = max(state.most, state.now)
            }
            await Task.yield()
            state.withLock { $0.now -= 1 }
        }
    }

    @Test func `A turn that fails passes the place on`() async {
        let turns = Turns(1)
        for _ in 0..<3 {
            await #expect(throws: TestFailure.self) {
                try await turns.take { throw TestFailure("no") }
            }
        }
        #expect(await turns.take { true })
    }
}
