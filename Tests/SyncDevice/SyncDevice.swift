import BatonSync
import Foundation

/// A device in a process of its own: opens a store, obeys commands on standard input, one a line,
/// and answers each with one line on standard output.
///
///     SyncDevice STORE SERVER TOKEN CHANNEL STREAM
///
/// Commands: `add SKU N`, `remove SKU`, `note TEXT`, `sync`, `adopt STREAM`, `state`, `cart`, `pending`,
/// `replica`, `trouble`, `quit`. With `BATON_DIE_AT_CHANGE=N` in its environment it kills itself at its
/// N-th change of a file; with `BATON_CLOCK_AHEAD=N` its clock is N milliseconds ahead.
@main
enum SyncDevice {
    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 6 else {
            print("SyncDevice STORE SERVER TOKEN CHANNEL STREAM")
            exit(2)
        }
        let environment = ProcessInfo.processInfo.environment
        if let change = environment["BATON_DIE_AT_CHANGE"].flatMap({ Int($0) }) {
            DyingDisk.install(dyingAt: change)
        }
        let ahead = environment["BATON_CLOCK_AHEAD"].flatMap { Int64($0) } ?? 0
        var options = SyncOptions()
        let clock = options.wallClock
        options.wallClock = { clock() + ahead }
        try await withSyncClient(
            store: .file(arguments[1]), server: arguments[2], channel: arguments[4],
            token: .fixed(arguments[3]), options: options
        ) { client in
            let stream = try client.stream(arguments[5])
            while let line = readLine() {
                let words = line.split(separator: " ").map(String.init)
                guard words.first != "quit" else { break }
                do {
                    say(try await obey(words, client: client, stream: stream))
                } catch {
                    say("error \(error)".replacing("\n", with: " "))
                }
            }
        }
    }

    private static func say(_ line: String) {
        FileHandle.standardOutput.write(Data((line + "\n").utf8))
    }

    private static func obey(
        _ words: [String], client: SyncClient, stream: CustomerStream
    ) async throws -> String {
        let cart = try stream.cart("main")
        switch (words.first, words.count) {
        case ("add", 3):
            try await cart.add(
                words[1], quantity: Int64(words[2]) ?? 1, title: "Article \(words[1])",
                price: Money(1999, "EUR"))
        case ("remove", 2): try await cart.remove(words[1])
        case ("note", 2): try await cart.setNote(words[1])
        case ("sync", 1): return "snapshots=\(try await client.sync().snapshots)"
        case ("adopt", 2): return "\(try await stream.adopt(words[1]))"
        case ("state", 1): return stream.state.canonicalJSON
        case ("cart", 1):
            return cart.lines.map { "\($0.sku)=\($0.quantity)" }.joined(separator: " ")
        case ("pending", 1): return "\(stream.pendingCount)"
        case ("replica", 1): return "\(client.replica)"
        case ("trouble", 1):
            let met = client.healedSoFar.map(name)
            return met.isEmpty ? "none" : met.joined(separator: " ")
        default: return "error unknown command"
        }
        return "ok"
    }

    private static func name(_ trouble: HealedTrouble) -> String {
        switch trouble {
        case .clockCorrected: "clock-corrected"
        case .replicaReplaced: "replica-replaced"
        case .stateReplaced: "state-replaced"
        case .logReplaced: "log-replaced"
        case .streamMoved: "stream-moved"
        }
    }
}
