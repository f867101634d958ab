import Foundation
import Testing

/// What an operator sees of a server, and does to it: real processes.
@Suite(.serialized) struct `A server in operation` {
    /// curl, whose body is written while it runs.
    private final class SlowCall {
        private let process = Process()
        private let input = Pipe()
        private let output = Pipe()

        init(_ server: ServerProcess, _ path: String, sendsBody: Bool) throws {
            // What is sent to one that has ended is an error, not our end.
            signal(SIGPIPE, SIG_IGN)
            process.executableURL = URL(fileURLWithPath: "/usr/bin/curl")
            process.arguments =
                [
                    "-sSN", "--max-time", "120", "-w", "\n%{http_code}", "-H",
                    "Authorization: Bearer \(server.token)",
                ]
                + (sendsBody
                    ? [
                        "-X", "POST", "-T", "-", "-H", "Expect:", "-H",
                        "Content-Type: application/json",
                    ]
                    : []) + [server.address + path]
            process.standardInput = sendsBody ? input : FileHandle.nullDevice
            process.standardOutput = output
            try process.run()
        }

        func send(_ text: String) throws {
            try input.fileHandleForWriting.write(contentsOf: Data(text.utf8))
        }

        /// Ends the body, and returns what came and how curl ended.
        func finish() throws -> (text: String, status: Int32) {
            try? input.fileHandleForWriting.close()
            let data = output.fileHandleForReading.readDataToEndOfFile()
            process.waitUntilExit()
            return (String(decoding: data, as: UTF8.self), process.terminationStatus)
        }
    }

    private static func metrics(_ server: ServerProcess) throws -> [String: Int] {
        Dictionary(
            try curl(server, "/metrics").split(separator: "\n").compactMap { line in
                guard !line.hasPrefix("#"), let space = line.lastIndex(of: " ") else { return nil }
                return Int(line[line.index(after: space)...]).map { (String(line[..<space]), $0) }
            }, uniquingKeysWith: { $1 })
    }

    private static func wait(_ isDone: () -> Bool) async throws {
        let begun = ContinuousClock.now
        while !isDone() {
            guard begun.duration(to: .now) < .seconds(120) else {
                throw TestFailure("waited two minutes in vain")
            }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    @Test
    func `SIGTERM: what it has taken in is answered, live answers end, and all of it is there`()
        async throws
    {
        try await withTemporaryFolder { folder in
            let server = try ServerProcess(data: folder + "/data")
            _ = try curl(
                server, "/v1/streams/cust-0/entities/cart/main",
                json: #"{"operations":[{"path":"/note","set":"first"}]}"#)
            let live = try SlowCall(server, "/v1/streams/cust-0/live", sendsBody: false)
            var writes: [SlowCall] = []
            for number in 1...6 {
                let write = try SlowCall(
                    server, "/v1/streams/cust-\(number)/entities/cart/main", sendsBody: true)
                try write.send(#"{"operations":[{"path":"/note","#)
                writes.append(write)
            }
            try await Self.wait {
                let metrics = try? Self.metrics(server)
                return metrics?["baton_requests_at_once"] == 6
                    && metrics?["baton_live_subscribers"] == 1
            }
            server.terminate()
            // It takes no new connection from now on, and is not ready with that.
            try await Self.wait { (try? curl(server, "/healthz")) == nil }
            for write in writes { try write.send(#""set":"taken in"}]}"#) }
            for write in writes {
                let (text, status) = try write.finish()
                #expect(
                    status == 0 && text.contains("ACCEPTED") && text.hasSuffix("200"), "\(text)")
            }
            let (text, status) = try live.finish()
            #expect(status == 0 && text.hasSuffix("200"), "\(status) \(text)")
            #expect(server.waitForEnd() == 0)

            let next = try ServerProcess(data: folder + "/data")
            for number in 1...6 {
                #expect(
                    try curl(next, "/v1/streams/cust-\(number)/entities/cart/main").contains(
                        "taken in"))
            }
            #expect(next.stop() == 0)
        }
    }

    @Test
    func
        `A log that cannot be written is told of by readyz and metrics, and no longer once it can`()
        async throws
    {
        try await withTemporaryFolder { folder in
            let server = try ServerProcess(data: folder + "/data")
            func write() throws -> String {
                try curl(
                    server, "/v1/streams/cust-1/entities/cart/main",
                    json: #"{"operations":[{"path":"/note","set":"x"}]}"#)
            }
            #expect(try write().contains("ACCEPTED"))
            #expect(try curl(server, "/readyz") == #"{"status":"ready"}"#)
            func limit(_ size: String) throws {
                let (text, status) = try Program.output(
                    "/usr/bin/prlimit", ["--pid", "\(server.id)", "--fsize=\(size):"])
                #expect(status == 0, "\(text)")
            }
            try limit("0")
            #expect(try write().contains("urn:baton:problem:storage-f"))
            #expect(try curl(server, "/readyz").contains("urn:baton:problem:storage-f"))
            #expect(try curl(server, "/healthz") == #"{"status":"ok"}"#)
            let metrics = try Self.metrics(server)
            #expect(metrics["baton_ready"] == 0)
            #expect(
                ["log-io", "log-full"].contains {
                    metrics["baton_log_failures_total{code=\"\($0)\"}", default: 0] > 0
                }, "\(metrics)")
            try limit("unlimited")
            #expect(try write().contains("ACCEPTED"))
            #expect(try curl(server, "/readyz") == #"{"status":"ready"}"#)
            #expect(server.stop() == 0)
        }
    }

    @Test
    func `Metrics tell of a key file that cannot be used, and when the log was last cared for`()
        async throws
    {
        try await withTemporaryFolder { folder in
            let data = folder + "/data"
            let server = try ServerProcess(data: data)
            let before = try Self.metrics(server)
            #expect(before[#"baton_reload_failed{file="keys"}"#] == 0)
            let keys = data + "/dev-keys.json"
            let good = try Data(contentsOf: URL(fileURLWithPath: keys))
            try Data("nonsense".utf8).write(to: URL(fileURLWithPath: keys))
            server.hangUp()
            func failed() -> Int? {
                try? Self.metrics(server)[#"baton_reload_failed{file="keys"}"#]
            }
            try await Self.wait { failed() == 1 }
            try good.write(to: URL(fileURLWithPath: keys))
            server.hangUp()
            try await Self.wait { failed() == 0 }

            let baton = try Program.path("baton")
            for (act, arguments) in [
                ("verification", ["verify", "--data", data]),
                ("backup", ["backup", "--data", data, "--to", folder + "/backup"]),
                ("compaction", ["compact", "--keep-last", "0", "--data", data]),
            ] {
                let name = "baton_last_care_seconds{act=\"\(act)\"}"
                #expect(before[name] == 0)
                let (text, status) = try Program.output(baton, arguments)
                #expect(status == 0, "\(text)")
                #expect(try Self.metrics(server)[name, default: 0] > 1_600_000_000)
            }
            #expect(server.stop() == 0)
        }
    }
}
