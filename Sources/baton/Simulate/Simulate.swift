import ArgumentParser
import BatonSimulation

/// `baton simulate`: whole fleets under faults in one process, held to every promise.
struct Simulate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Run simulated fleets under faults, and find what breaks a promise.",
        discussion: """
            Each seed is a world: devices with the SDK's logic, kiosks, and a server, with \
            simulated network, clocks, disks and people. Messages are lost, doubled, late; \
            devices and server die at any write; disks are copied, clocks are wrong on both \
            sides and jump, logs are compacted, and lost and made anew from older backups, \
            streams are adopted into each other, schemas are upgraded half-way. In the end all must hold \
            the same state, with nothing lost, doubled or out of order. A world that breaks a promise \
            is shrunk to the shortest trace that can be found. The same seeds print the same \
            bytes; the speed goes to standard error.

            Examples:
              baton simulate --seeds 1000
              baton simulate --seeds 10000 --from 50000 --json
              baton simulate --seed 4711
              baton simulate --seeds 20 --break appendsTwice

            Exit status 1 if a promise was broken.
            """)

    @Option(help: "How many seeds to run.")
    var seeds: Int?

    @Option(help: "The first seed.")
    var from: UInt64?

    @Option(help: "Run this seed alone, and print what happens in it.")
    var seed: UInt64?

    @Option(
        name: .customLong("break"),
        help: "Build a defect in, to see it found: \(Self.defects).", transform: Self.readDefect)
    var defect: Sabotage?

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        guard seed == nil || (seeds == nil && from == nil) else {
            throw ValidationError("--seed is one seed: leave out --seeds and --from")
        }
        guard seeds.map({ $0 > 0 && $0 <= 10_000_000 }) ?? true else {
            throw ValidationError("--seeds is from 1 to 10000000")
        }
        guard from.map({ $0 <= UInt64(Int64.max) }) ?? true else {
            throw ValidationError("--from is at most \(Int64.max)")
        }
    }

    func run() throws {
        if let seed {
            try runOne(seed)
            return
        }
        let count = seeds ?? 100
        let bar = ProgressBar("simulating")
        let begun = ContinuousClock.now
        let report = Simulation.run(from: from ?? 1, seeds: count, sabotage: defect) {
            bar.show($0, of: count)
        }
        bar.end()
        let seconds = (ContinuousClock.now - begun) / .seconds(1)
        if json {
            try Output.tell(json: report)
        } else {
            Output.tell(SimulationText.text(of: report))
        }
        Output.complain(
            "\(Int(seconds)) s, \(Int(Double(count) / seconds)) seeds/s, "
                + "\(Int(Double(report.awakeHours) / seconds)) hours/s of devices in use, "
                + "\(Int(Double(report.deviceHours) / seconds)) with those asleep")
        if !report.findings.isEmpty { throw ExitCode(1) }
    }

    private static var defects: String {
        Sabotage.allCases.map(\.rawValue).joined(separator: ", ")
    }

    private static func readDefect(_ text: String) throws -> Sabotage {
        guard let defect = Sabotage(rawValue: text) else {
            throw ValidationError("\"\(text)\" is none of \(defects)")
        }
        return defect
    }

    private func runOne(_ seed: UInt64) throws {
        let outcome = Simulation.run(Scenario(seed: seed), sabotage: defect, isTraced: true)
        let report = Simulation.run(from: seed, seeds: 1, sabotage: defect)
        if json {
            try Output.tell(json: report)
        } else {
            for line in outcome.trace { Output.tell(line) }
            Output.tell("")
            Output.tell(SimulationText.text(of: report))
        }
        if !report.findings.isEmpty { throw ExitCode(1) }
    }
}
