import BatonCore
import BatonLaws
import Testing

/// The laws of the merge on random histories over random schemas; a failure prints seed and history.
struct LawTests {
    @Test(arguments: Law.allCases, Cases.batches)
    func `Every law holds for every history`(law: Law, batch: UInt64) throws {
        for seed in Cases.seeds(of: batch) {
            let history = try History(seed: seed)
            let breach = law.breach(in: history, seed: seed)
            if let breach {
                Issue.record("\(law.rawValue): \(breach)\n\(history.trace)")
                return
            }
        }
    }

    @Test(arguments: Cases.batches) func `Random schemas are sound`(batch: UInt64) {
        for seed in Cases.seeds(of: batch) {
            var random = SplitMix64(seed: seed)
            let problems = RandomSchemas(&random).schemas.sorted.flatMap(\.problems)
            #expect(problems.isEmpty, "seed \(seed)")
        }
    }

    @Test func `Random histories are of all kinds`() throws {
        var kinds: [String: Int] = [:]
        for seed in 1...UInt64(300) {
            let history = try History(seed: seed)
            let state = history.log.folded(history.schemas)
            if !state.conflicts(schemas: history.schemas).isEmpty {
                kinds["conflict", default: 0] += 1
            }
            if state.entities.values.contains(where: { !$0.unknown.isEmpty }) {
                kinds["unknown", default: 0] += 1
            }
            for entry in history.log.entries {
                guard case .event(let event) = entry else {
                    kinds["void", default: 0] += 1
                    continue
                }
                #expect(event.malformation == nil, "seed \(seed)")
                if !event.context.beyond.isEmpty { kinds["beyond", default: 0] += 1 }
                if event.context.own.next < event.dot.counter { kinds["own", default: 0] += 1 }
                for operation in event.operations {
                    guard case .keep(_, let origin) = operation.action else { continue }
                    kinds[origin.offset == .start ? "pending keep" : "keep", default: 0] += 1
                }
            }
        }
        for kind in ["conflict", "unknown", "void", "beyond", "own", "keep", "pending keep"] {
            #expect(kinds[kind, default: 0] >= 30, "\(kind): \(kinds)")
        }
    }
}
