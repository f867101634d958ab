import Foundation
import Testing

@testable import BatonServer

/// What is sent to a server while it starts.
@Suite struct `A server that is starting` {
    @Test func `hears that it is to read its keys again`() async throws {
        try await withTemporaryFolder { folder in
            let keys = folder + "/keys.json"
            _ = try Program.output(Program.path("baton"), ["token", "--new-key", keys])
            let process = Process()
            process.executableURL = URL(fileURLWithPath: try Program.path("baton"))
            process.arguments = [
                "serve", "--keys", keys, "--data", folder + "/data", "--listen", "127.0.0.1:0",
            ]
            process.standardOutput = FileHandle.nullDevice
            process.standardError = FileHandle.nullDevice
            try process.run()
            // As soon as it makes its log, long before it listens.
            let made = folder + "/data/baton.db"
            while !FileManager.default.fileExists(atPath: made), process.isRunning { usleep(200) }
            kill(process.processIdentifier, SIGHUP)
            let record = AuditFile(in: folder + "/data")
            #expect(
                try await eventually {
                    try record.read().lines.contains { $0.act == "reload.keys" }
                })
            process.terminate()
            process.waitUntilExit()
            #expect(process.terminationStatus == 0)
        }
    }
}
