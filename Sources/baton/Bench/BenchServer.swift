import ArgumentParser
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// A server of this same binary in a process of its own.
struct BenchServer {
    let port: Int
    /// The development token that it printed, if it did.
    let token: String?

    /// Starts `baton` with these arguments, waits until it has said where it listens, runs `body`,
    /// and stops it.
    static func with<Result>(
        _ arguments: [String], _ body: (BenchServer) throws -> Result
    ) throws -> Result {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments = arguments
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        defer {
            process.terminate()
            process.waitUntilExit()
        }
        var text = ""
        var server: BenchServer?
        while server == nil {
            let data = output.fileHandleForReading.availableData
            guard !data.isEmpty else {
                throw CommandFailure(
                    "baton \(arguments.joined(separator: " ")) did not start: \(text)")
            }
            text += String(decoding: data, as: UTF8.self)
            server = parse(text, needsToken: arguments.contains("--dev"))
        }
        guard let server else { throw CommandFailure("the server did not say where it listens") }
        return try body(server)
    }

    private static func parse(_ text: String, needsToken: Bool) -> BenchServer? {
        let lines = text.split(separator: "\n")
        guard let line = lines.first(where: { $0.contains("http://127.0.0.1:") }),
            let port = line.split(separator: ":").last.flatMap({ Int($0.prefix { $0.isNumber }) })
        else { return nil }
        guard needsToken else { return BenchServer(port: port, token: nil) }
        guard let token = lines.first(where: { $0.hasPrefix("eyJ") }), text.hasSuffix("\n") else {
            return nil
        }
        return BenchServer(port: port, token: String(token))
    }
}

/// `baton bench empty-server`: the same HTTP stack, answering every POST with nothing.
struct EmptyServer: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "empty-server",
        abstract: "Answer POST /empty with nothing, for the benchmarks.",
        shouldDisplay: false)

    func run() async throws {
        let router = Router()
        router.post("/empty") { _, _ in
            Response(
                status: .ok, headers: [.contentLength: "0"],
                body: ResponseBody(byteBuffer: ByteBuffer()))
        }
        var logger = Logger(label: "baton.bench") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .error
        let application = Application(
            router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { channel in
                Output.tell("empty server at http://127.0.0.1:\(channel.localAddress?.port ?? 0)")
            }, logger: logger)
        try await application.runService()
    }
}
