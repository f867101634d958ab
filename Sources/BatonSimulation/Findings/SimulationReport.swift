/// What came of many worlds: the same seeds make the same report, byte for byte.
package struct SimulationReport: Sendable, Encodable {
    /// One broken promise.
    package struct Finding: Sendable, Encodable {
        /// The seed in which it was found.
        package let seed: UInt64
        /// The promise.
        package let promise: String
        /// Where it broke, in the shortest trace.
        package let place: String
        /// What was promised.
        package let expected: String
        /// What was found.
        package let found: String
        /// How many steps of the scenario are left in the shortest trace that was found.
        package let steps: Int
        /// What happens, line by line; empty where too many seeds failed to shrink them all.
        package let trace: [String]
    }

    /// The first seed.
    package let from: UInt64
    /// How many seeds were run.
    package let seeds: Int
    /// The broken promises, by seed.
    package let findings: [Finding]
    /// What happened in all of them, counted.
    package let happened: Tally
    /// Hours of simulated time, times the devices in it, most of them asleep.
    package let deviceHours: Int64
    /// Hours of them in which somebody used the device: it was awake, synced every 30 seconds to 5
    /// minutes, and was written on now and then.
    package let awakeHours: Int64
}

extension Simulation {
    /// Findings that are shrunk; the others are named only.
    private static let mostShrunk = 5

    /// Runs many seeds, as many at once as there are cores, and shrinks what was found.
    ///
    /// Blocks the calling thread until all are done. `progress` hears of each seed.
    package static func run(
        from: UInt64, seeds: Int, sabotage: Sabotage? = nil,
        limits: Scenario.Limits = Scenario.Limits(),
        progress: @escaping @Sendable (Int) -> Void = { _ in }
    ) -> SimulationReport {
        let outcomes = Crew.map(count: seeds, progress: progress) { index in
            run(Scenario(seed: from + UInt64(index), limits: limits), sabotage: sabotage)
        }
        var tally = Tally()
        for outcome in outcomes { tally.add(outcome.tally) }
        let failed = outcomes.filter { $0.violation != nil }
        let findings = Crew.map(count: failed.count) { index in
            finding(failed[index], isShrunk: index < mostShrunk, sabotage, limits)
        }
        let hour: Int64 = 3_600_000
        return SimulationReport(
            from: from, seeds: seeds, findings: findings.compactMap(\.self), happened: tally,
            deviceHours: tally.deviceTime / hour, awakeHours: tally.awakeTime / hour)
    }

    private static func finding(
        _ outcome: Outcome, isShrunk: Bool, _ sabotage: Sabotage?, _ limits: Scenario.Limits
    ) -> SimulationReport.Finding? {
        guard let violation = outcome.violation else { return nil }
        let scenario = Scenario(seed: outcome.seed, limits: limits)
        var steps = scenario.steps.count
        var last = violation
        var trace: [String] = []
        if isShrunk {
            let shrunk = shrink(scenario, breaking: violation, sabotage: sabotage)
            steps = shrunk.scenario.steps.count
            last = shrunk.outcome.violation ?? violation
            trace = shrunk.outcome.trace
        }
        return SimulationReport.Finding(
            seed: outcome.seed, promise: last.promise, place: last.place,
            expected: last.expected, found: last.found, steps: steps, trace: trace)
    }
}
