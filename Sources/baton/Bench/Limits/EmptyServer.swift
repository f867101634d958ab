import ArgumentParser
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// `baton bench empty-server`: the same HTTP stack, answering every POST with nothing, and a GET
/// with a file as it lies.
struct EmptyServer: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "empty-server",
        abstract: "Answer POST /empty with nothing and GET /file with a file, for the benchmarks.",
        shouldDisplay: false)

    @Option(help: "The file.")
    var file: String?

    func run() async throws {
        let router = Router()
        router.post("/empty") { _, _ in
            Response(
                status: .ok, headers: [.contentLength: "0"],
                body: ResponseBody(byteBuffer: ByteBuffer()))
        }
        let file = file ?? ""
        router.get("/file") { _, _ in
            guard let data = FileManager.default.contents(atPath: file) else {
                return Response(status: .notFound)
            }
            return Response(
                status: .ok, headers: [.contentLength: "\(data.count)"],
                body: ResponseBody(byteBuffer: ByteBuffer(bytes: data)))
        }
        let logger = Logger.standardError(level: .error)
        let application = Application(
            router: router,
            configuration: .init(address: .hostname("127.0.0.1", port: 0), backlog: 4096),
            onServerRunning: { channel in
                Output.tell("empty server at http://127.0.0.1:\(channel.localAddress?.port ?? 0)")
            }, logger: logger)
        try await application.runService()
    }
}
