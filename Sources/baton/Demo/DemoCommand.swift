import ArgumentParser
import Foundation

/// `baton demo`: three clients of one customer side by side.
struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Watch an app, a browser and a kiosk share a cart, with networks to cut.",
        discussion: """
            Three clients of the SDK, each over HTTP to a server in this same process, in one \
            terminal of at least 80 by 24: edit at each one, cut and mend its network, and watch \
            the log, conflicts and what healed. Nothing is kept. NO_COLOR is honoured.

            Keys:
            \(DemoKey.help(width: 76).map { "  " + $0 }.joined(separator: "\n"))

            A script does the same without a terminal, one command a line; what begins with # \
            is left out. Nothing syncs by itself there.
            \(verbs)
              wait              all that have a network sync until none has news
              show              print all clients, the log and conflicts
              expect CLIENT …   end with status 1 unless CLIENT (or all) shows:
            \(expectations)

            Examples:
              baton demo
              baton demo --script Tests/BatonDemoTests/Scripts/journey.demo

            Exit status 1 where an expectation is not met or a line fails, 2 for a line that is no \
            command; both name file and line.
            """)

    @Option(
        help: ArgumentHelp("Run the commands of a file, without a terminal.", valueName: "file"))
    var script: String?

    func run() async throws {
        if let script {
            try await run(script)
        } else {
            try await DemoTerminal.with { terminal in
                try await DemoShop.run(clock: .system) { shop in
                    try await DemoSession.run(shop, on: terminal)
                }
            }
        }
    }

    private func run(_ file: String) async throws {
        guard let bytes = FileManager.default.contents(atPath: file) else {
            throw CommandFailure("\(file) cannot be read: is it there?")
        }
        let steps: DemoScript
        do {
            steps = try DemoScript(String(decoding: bytes, as: UTF8.self), file: file)
        } catch {
            Output.complain("Error: \(error)")
            throw ExitCode(2)
        }
        try await DemoShop.run(clock: .stepping()) { shop in
            try await DemoScriptRun(shop, file: file, tell: Output.tell).run(steps)
        }
    }

    private static let verbs = DemoVerb.all.map { verb in
        "  app|web|kiosk \(verb.usage): \(verb.does)"
    }.joined(separator: "\n")

    private static let expectations = ExpectationForm.all.map { "      \($0.usage)" }
        .joined(separator: "\n")
}
