import ArgumentParser
import Foundation

/// The one binary: what ops run.
struct Baton: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "baton",
        abstract: "An event-sourced sync service for offline-first carts, orders and profiles.",
        discussion: """
            Try it:
              baton demo
              baton serve --dev --data ./data
              baton inspect streams --data ./data

            Exit status: 0 done, 1 a finding or failure, 2 wrong usage.
            The protocol is specified in the protocol/ folder of the source.
            """,
        version: Version.text,
        subcommands: [
            Serve.self, CompactCommand.self, Verify.self, Backup.self, Restore.self,
            ExportCommand.self, ImportCommand.self, Token.self, AuditCommand.self, Inspect.self,
            SchemaCommand.self,
            ReplayCommand.self, Simulate.self, SmallWorldCommand.self, ConformanceCommand.self,
            TortureCommand.self, Bench.self, DemoCommand.self,
        ])
}

/// What this build calls itself.
enum Version {
    /// The release, and the protocol version that it speaks.
    static let text = "baton 0.1.0 (protocol 1)"
}

/// Runs a command and ends the process with the status that the interface promises.
@main
enum Main {
    static func main() async {
        do {
            var command = try Baton.parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            end(with: error)
        }
    }

    private static func end(with error: any Error) -> Never {
        let message = Baton.fullMessage(for: error)
        switch Baton.exitCode(for: error) {
        case .success:
            print(message)
            exit(0)
        case .validationFailure:
            Output.complain(message)
            exit(2)
        case let code:
            if !message.isEmpty { Output.complain(message) }
            exit(error is ExitCode ? code.rawValue : 1)
        }
    }
}
