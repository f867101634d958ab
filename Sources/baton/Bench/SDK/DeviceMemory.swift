import ArgumentParser
import BatonSync
import Foundation

/// `baton bench sdk-memory`: what a store takes of memory, in a process that has done nothing else.
struct DeviceMemory: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sdk-memory",
        abstract:
            "Print the resident bytes before and after a store is opened, or a stream pulled.",
        shouldDisplay: false)

    @Argument(help: "The store's file.")
    var store: String

    @Option(help: "The server to pull from; without one the store is opened.")
    var server: String?

    @Option(help: "The stream to pull.")
    var stream: String = "long"

    func run() async throws {
        var before = try ProcessMemory.resident()
        let client = try await SyncClient.open(
            store: .file(store), server: server, channel: "app", token: .fixed(GivenToken.read(nil))
        )
        if server != nil {
            _ = try client.stream(stream)
            before = try ProcessMemory.resident()
            try await client.sync()
        }
        let after = try ProcessMemory.resident()
        try await client.close()
        Output.tell("\(before) \(after)")
    }

    /// Resident bytes of a process before and after it opens a store.
    static func opening(_ store: String) throws -> (before: Double, after: Double) {
        try measured([store], token: "")
    }

    /// Resident bytes of a process with a new store, before and after it pulls a stream.
    static func pulling(
        _ stream: String, from server: String, token: String, to store: String
    ) throws -> (before: Double, after: Double) {
        try measured([store, "--server", server, "--stream", stream], token: token)
    }

    private static func measured(
        _ arguments: [String], token: String
    ) throws -> (before: Double, after: Double) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: try OwnProgram.path())
        process.arguments = ["bench", "sdk-memory"] + arguments
        process.environment = ProcessInfo.processInfo.environment.merging([
            GivenToken.variable: token
        ]) { $1 }
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        let words = String(decoding: data, as: UTF8.self).split { $0.isWhitespace }
        let numbers = words.compactMap { Double($0) }
        guard process.terminationStatus == 0, numbers.count == 2 else {
            throw CommandFailure("the memory of a device was not measured")
        }
        return (numbers[0], numbers[1])
    }
}
