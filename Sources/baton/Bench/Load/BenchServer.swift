import Foundation

/// A server of this same binary in a process of its own.
struct BenchServer {
    let port: Int
    /// The development token that it printed, if it did.
    let token: String
    /// Its process.
    let process: Int32
    /// Seconds from its start until it said where it listens.
    let readyAfter: Double

    /// The arguments of a server for development over the log in a folder.
    static func serving(_ data: String) -> [String] {
        ["serve", "--dev", "--data", data, "--listen", "127.0.0.1:0"]
    }

    /// Starts `baton` with these arguments, waits until it has said where it listens, runs `body`,
    /// and stops it.
    static func with<Result>(
        _ arguments: [String], _ body: (BenchServer) async throws -> Result
    ) async throws -> Result {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: try OwnProgram.path())
        process.arguments = arguments
        let output = Pipe()
        process.standardOutput = output
        let begun = Stopwatch.now
        try process.run()
        defer {
            process.terminate()
            process.waitUntilExit()
        }
        var text = ""
        while true {
            let data = output.fileHandleForReading.availableData
            guard !data.isEmpty else {
                throw CommandFailure(
                    "baton \(arguments.joined(separator: " ")) did not start: \(text)")
            }
            text += String(decoding: data, as: UTF8.self)
            if let (port, token) = parse(text, needsToken: arguments.contains("--dev")) {
                return try await body(
                    BenchServer(
                        port: port, token: token, process: process.processIdentifier,
                        readyAfter: Double(Stopwatch.now - begun) / 1e9))
            }
        }
    }

    /// Processor seconds that the server took while `body` ran.
    func processorSeconds(_ body: () throws -> Void) throws -> Double {
        let before = try ProcessorTime.of(process: process)
        try body()
        return try ProcessorTime.of(process: process) - before
    }

    private static func parse(_ text: String, needsToken: Bool) -> (port: Int, token: String)? {
        let lines = text.split(separator: "\n")
        guard let line = lines.first(where: { $0.contains("http://127.0.0.1:") }),
            let port = line.split(separator: ":").last.flatMap({ Int($0.prefix { $0.isNumber }) })
        else { return nil }
        guard needsToken else { return (port, "") }
        guard let token = lines.first(where: { $0.hasPrefix("eyJ") }), text.hasSuffix("\n") else {
            return nil
        }
        return (port, String(token))
    }
}
