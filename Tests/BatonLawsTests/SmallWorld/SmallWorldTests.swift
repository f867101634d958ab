import BatonCore
import BatonLaws
import Testing

/// Every history of the quick size, with the reference interpreter as a second opinion.
struct SmallWorldTests {
    @Test(arguments: SmallRule.allCases)
    func `No small history breaks a rule`(rule: SmallRule) async {
        let report = await SmallWorld.run(
            rule: rule, scopes: SmallSize.quick.scopes(of: rule), inspect: Self.inspect)
        #expect(report.finding == nil, "\(report.finding?.description ?? "")")
        #expect(report.coverage.count == SmallSize.quick.scopes(of: rule).count)
        #expect(report.coverage.allSatisfy { $0.histories > 0 })
    }

    /// Counted by hand.
    @Test func `A walk comes by every history once`() async {
        func count(_ replicas: Int, _ operations: Int, _ rule: SmallRule) async -> [UInt64] {
            let scope = SmallScope(
                replicas: replicas, operations: operations)
            let report = await SmallWorld.run(rule: rule, scopes: [scope], inspect: nil)
            return [report.coverage[0].histories, report.coverage[0].deliveryOrders]
        }
        // One replica with the log's two letters: 2 + 4 + 8 chains, each with one order.
        #expect(await count(1, 3, .log) == [14, 14])
        // 2 of one event; of two events 4 that are apart, in two orders each, and 4 in a chain.
        #expect(await count(2, 1, .log) == [10, 2 + 4 * 2 + 4])
    }

    @Test func `Several workers cover what one does`() async {
        let scopes = [SmallScope(replicas: 2, operations: 3, letters: .pair(0, 1))]
        let alone = await SmallWorld.run(rule: .set, scopes: scopes, inspect: nil)
        let shared = await SmallWorld.run(rule: .set, scopes: scopes, workers: 3, inspect: nil)
        #expect(alone.coverage == shared.coverage)
    }

    @Test func `The shortest finding is named`() async throws {
        let report = await SmallWorld.run(
            rule: .count, scopes: SmallSize.quick.scopes(of: .count),
            inspect: { history, _ in
                history.events.filter { $0.event.operations.first?.action == .clear }.count > 1
                    ? "two clears" : nil
            })
        let finding = try #require(report.finding)
        #expect(finding.events == 2)
        #expect(finding.description.hasPrefix("two clears\n    1:1 clear, at 1030.0, having seen"))
    }

    private static let inspect: SmallWorld.Inspection = { history, state in
        let entries = history.events.map { ($0.offset, Entry.event($0.event)) }
        let reference = ReferenceState(entries, history.schemas)
        if state.canonicalJSON != reference.canonicalJSON {
            return "\(state.canonicalJSON)\n not \(reference.canonicalJSON)"
        }
        for entity in state.entities.keys
        where state.value(of: entity, schemas: history.schemas) != reference.value(of: entity) {
            return "another value by reference: \(state.canonicalJSON)"
        }
        let conflicts = state.conflicts(schemas: history.schemas).map(\.line)
        return conflicts == reference.conflicts ? nil : "\(conflicts) not \(reference.conflicts)"
    }
}
