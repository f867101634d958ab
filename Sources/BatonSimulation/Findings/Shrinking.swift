extension Simulation {
    /// The smallest scenario that was found in which the same promise still breaks, and how it does.
    ///
    /// Leaves out steps, halves first and then one by one, then tries a clean network and devices
    /// fewer; at most so many runs. Deterministic.
    package static func shrink(
        _ scenario: Scenario, breaking violation: Violation, sabotage: Sabotage? = nil,
        runs most: Int = 400
    ) -> (scenario: Scenario, outcome: Outcome) {
        var runs = 0
        var best = scenario
        func stillBreaks(_ candidate: Scenario) -> Bool {
            guard runs < most else { return false }
            runs += 1
            let outcome = run(candidate, sabotage: sabotage, only: violation.promise)
            return outcome.violation?.promise == violation.promise
        }
        var calm = best
        calm.network = .clean
        if stillBreaks(calm) { best = calm }
        var size = max(1, best.steps.count / 2)
        while size >= 1 {
            var place = 0
            var hasShrunk = false
            while place < best.steps.count {
                var candidate = best
                let end = min(place + size, candidate.steps.count)
                candidate.steps.removeSubrange(place..<end)
                if stillBreaks(candidate) {
                    best = candidate
                    hasShrunk = true
                } else {
                    place += size
                }
            }
            if size == 1 && !hasShrunk { break }
            size = size == 1 ? 1 : size / 2
            if runs >= most { break }
        }
        while let smaller = best.withoutLastDevice, stillBreaks(smaller) { best = smaller }
        return (
            best, run(best, sabotage: sabotage, only: violation.promise, isTraced: true)
        )
    }
}

extension Scenario {
    /// The scenario without its last device, if no step needs that one.
    fileprivate var withoutLastDevice: Scenario? {
        let last = devices.count - 1
        let isNeeded = steps.contains { step in
            switch step.kind {
            case .act(let device, _, _), .partition(let device, _, _, _),
                .crashDevice(let device, _, _, _), .setClock(let device, _), .upgrade(let device),
                .stay(let device, _), .adopt(_, _, let device):
                return device == last
            case .clone(let from, let onto): return from == last || onto == last
            case .crashServer, .compact, .upgradeServer, .fillDisk, .setServerClock, .backUp,
                .restore:
                return false
            }
        }
        guard last > 0, !isNeeded else { return nil }
        var smaller = self
        smaller.devices.removeLast()
        return smaller
    }
}
