import ArgumentParser
import BatonCore
import Foundation

/// `baton bench merge-memory`: what one state of a history takes, measured in a process that has
/// freed nothing yet, so that all it takes is new.
struct MergeMemory: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge-memory",
        abstract: "Print the bytes that the state of one history takes.", shouldDisplay: false)

    @Argument(help: "The history, by its name.")
    var history: String

    @Option(help: "Events of the history.")
    var events = 10_000

    @Option(help: "Copies of the state to hold at once.")
    var copies = 100

    func run() throws {
        guard
            let scenario = try MergeScenario.all(events: events).first(where: { $0.name == history }
            )
        else { throw ValidationError("there is no history \"\(history)\"") }
        let entries = scenario.events.map(Entry.event)
        var states: [StreamState] = []
        states.reserveCapacity(copies)
        // What making the histories has freed is taken up again before it counts.
        for _ in 0..<copies { states.append(MergeReport.fold(entries, scenario.schemas)) }
        let before = try ProcessMemory.resident()
        for _ in 0..<copies { states.append(MergeReport.fold(entries, scenario.schemas)) }
        let after = try ProcessMemory.resident()
        withExtendedLifetime(states) { Output.tell("\(max(0, after - before) / copies)") }
    }

    /// Bytes that one state of the scenario takes, measured in a process of its own.
    static func measured(of scenario: MergeScenario, canonicalBytes: Int) throws -> Int {
        // Enough copies that a page more or less hardly counts, in some seconds at most.
        let copies = max(
            8, min(64 * 1024 * 1024 / (2 * canonicalBytes), 4_000_000 / scenario.events.count))
        let process = Process()
        process.executableURL = URL(fileURLWithPath: try OwnProgram.path())
        process.arguments = [
            "bench", "merge-memory", scenario.name, "--events", "\(scenario.size)",
            "--copies", "\(copies)",
        ]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        let text = String(decoding: data, as: UTF8.self).split(separator: "\n").last
        guard process.terminationStatus == 0, let bytes = text.flatMap({ Int($0) }) else {
            throw CommandFailure("the memory of \(scenario.name) was not measured")
        }
        return bytes
    }
}
