/// Runs simulated worlds.
package enum Simulation {
    /// What came of one seed.
    package struct Outcome: Sendable {
        /// The seed.
        package let seed: UInt64
        /// What happened, counted.
        package let tally: Tally
        /// What was broken, if anything.
        package let violation: Violation?
        /// What happened, line by line, where that was asked for.
        package let trace: [String]
    }

    /// Runs one world to its end, or to the first broken promise; held to all of them or to one.
    package static func run(
        _ scenario: Scenario, sabotage: Sabotage? = nil, only promise: String? = nil,
        isTraced: Bool = false
    ) -> Outcome {
        do {
            let world = try World(
                scenario, sabotage: sabotage, only: promise, isTraced: isTraced)
            world.run()
            return Outcome(
                seed: scenario.seed, tally: world.tally, violation: world.violation,
                trace: world.trace ?? [])
        } catch {
            return Outcome(
                seed: scenario.seed, tally: Tally(),
                violation: Violation(
                    promise: "nothing fails but what may", place: "the world",
                    expected: "a world", found: "\(error)"),
                trace: [])
        }
    }
}
