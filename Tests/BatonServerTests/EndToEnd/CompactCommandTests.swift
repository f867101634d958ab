import BatonArchive
import BatonCore
import BatonLog
import BatonWire
import Foundation
import Testing

@testable import BatonServer

/// `baton compact`, `export` and `import` as processes, beside a server that goes on.
@Suite(.serialized) struct CompactCommandTests {
    private func baton(_ arguments: String...) throws -> (text: String, status: Int32) {
        try Program.output(try Program.path("baton"), arguments)
    }

    /// Has a server's client write `count` events to `stream`.
    private func write(_ count: Int, to stream: String, of server: ServerProcess) throws {
        for index in 0..<count {
            let json =
                #"{"channel":"store","operations":[{"path":"/lines/sku-\#(index % 3)/quantity","add":1}]}"#
            let (text, status) = try Program.output(
                "/usr/bin/curl",
                [
                    "-sS", "--max-time", "20", "-H", "Authorization: Bearer \(server.token)",
                    "--json", json, "\(server.address)/v1/streams/\(stream)/entities/cart/main",
                ])
            guard status == 0, text.contains("ACCEPTED") else { throw TestFailure(text) }
        }
    }

    private func key(_ stream: String) throws -> StreamKey {
        StreamKey(tenant: try TenantID("dev"), stream: try StreamID(stream))
    }

    @Test func `A dry run tells what would go and what stays, and changes nothing`() async throws {
        try await withTemporaryFolder { folder in
            let data = folder + "/data"
            let server = try ServerProcess(data: data)
            try write(5, to: "cust-1", of: server)
            try write(2, to: "cust-2", of: server)
            let (text, status) = try baton(
                "compact", "--data", data, "--keep-last", "2", "--older-than", "0s", "--dry-run")
            #expect(status == 0)
            #expect(text.contains("dev cust-1: 3 entries would go"))
            #expect(text.contains("2 stay: 2 among the last that it keeps"))
            #expect(text.contains("dev cust-2: nothing goes; 2 stay"))
            #expect(text.contains("1 of 2 streams: 3 entries would go"))
            let (json, _) = try baton(
                "compact", "cust-1", "--data", data, "--older-than", "1d", "--dry-run", "--json")
            let lines = json.split(separator: "\n")
            #expect(lines.count == 2)
            #expect(lines.first?.contains(#""goes":0"#) == true)
            #expect(lines.first?.contains("5 younger than the policy lets go") == true)
            #expect(lines.last?.contains(#""dryRun":true"#) == true)
            let log = try SQLiteLog.open(directory: data)
            #expect(try await log.head(of: key("cust-1")).horizon == .start)
            await log.close()
            #expect(server.stop() == 0)
        }
    }

    @Test func `Wrong usage is told apart from failure`() throws {
        #expect(try baton("compact", "--data", "/nowhere").status == 2)
        #expect(try baton("compact", "--older-than", "soon").status == 2)
        #expect(try baton("compact", "--keep-last", "1", "--rate", "0").status == 2)
        #expect(try baton("compact", "--keep-last", "1", "--data", "/nowhere").status == 1)
        #expect(try baton("import", "/nowhere", "--data", "/nowhere").status == 1)
        #expect(try baton("import", "/nowhere", "--stream", "cust-1").status == 2)
        #expect(try baton("export", "--data", "/nowhere", "--to", "/nowhere").status == 1)
        for command in ["compact", "export", "import"] {
            let (text, status) = try baton(command, "--help")
            #expect(status == 0 && text.contains("baton \(command) "))
        }
    }

    @Test func `Beside a live server devices go on, and what went comes back`() async throws {
        try await withTemporaryFolder { folder in
            let data = folder + "/data"
            let archive = folder + "/archive"
            let server = try ServerProcess(data: data)
            let phone = try DeviceProcess(
                store: folder + "/phone", server: server, channel: "app", stream: "cust-1")
            let tablet = try DeviceProcess(
                store: folder + "/tablet", server: server, channel: "web", stream: "cust-1")
            try tablet.tell("note tablet-was-here")
            try tablet.tell("sync")
            for round in 0..<6 {
                try phone.tell("add shirt 1")
                try phone.tell("add sku-\(round) 2")
                try phone.tell("sync")
                let (text, status) = try baton(
                    "compact", "--data", data, "--keep-last", "1", "--archive", archive)
                #expect(status == 0, "\(text)")
            }
            // The tablet was away: it edits on top of what it saw long ago.
            try tablet.tell("add socks 1")
            for device in [tablet, phone, tablet] { try device.tell("sync") }
            let state = try phone.tell("state")
            #expect(try tablet.tell("state") == state)
            #expect(state.contains("socks") && state.contains("tablet-was-here"))

            let log = try SQLiteLog.open(directory: data)
            let head = try await log.head(of: key("cust-1"))
            #expect(head.horizon > .start)
            #expect(try await log.check(key("cust-1")) == nil)
            await log.close()
            #expect(try ArchiveCheck.run(archive).findings == [])

            for turn in 0..<2 {
                let (text, status) = try baton("import", archive, "--data", data)
                #expect(status == 0, "\(text)")
                #expect(text.contains(turn == 0 ? "below its horizon" : "0 entries came back"))
            }
            try phone.tell("add hat 1")
            try phone.tell("sync")
            for device in [phone, tablet] { device.quit() }
            #expect(server.stop() == 0)
            let whole = try SQLiteLog.open(directory: data)
            #expect(try await whole.head(of: key("cust-1")).horizon == .start)
            #expect(try await whole.check(key("cust-1")) == nil)
            await whole.close()
        }
    }

    @Test func `What was exported serves elsewhere as it did here`() async throws {
        try await withTemporaryFolder { folder in
            let data = folder + "/data"
            let server = try ServerProcess(data: data)
            try write(6, to: "cust-1", of: server)
            try write(2, to: "cust-2", of: server)
            #expect(
                try baton("compact", "cust-1", "--data", data, "--keep-last", "2").status == 0)
            let cart = "/v1/streams/cust-1/entities/cart/main"
            func read(_ server: ServerProcess) throws -> String {
                try Program.output(
                    "/usr/bin/curl",
                    [
                        "-sS", "-H", "Authorization: Bearer \(server.token)",
                        server.address + cart,
                    ]
                ).text
            }
            let here = try read(server)
            let (exported, status) = try baton(
                "export", "--data", data, "--to", folder + "/out", "--json")
            #expect(status == 0, "\(exported)")
            #expect(exported.split(separator: "\n").count == 3)
            let dry = try baton(
                "import", folder + "/out", "--data", folder + "/elsewhere", "--dry-run")
            #expect(dry.status == 0 && dry.text.contains("would come back"))
            #expect(!FileManager.default.fileExists(atPath: folder + "/elsewhere"))
            #expect(
                try baton("import", folder + "/out", "--data", folder + "/elsewhere").status == 0)
            let other = try ServerProcess(data: folder + "/elsewhere")
            #expect(try read(other) == here)
            try write(1, to: "cust-1", of: other)
            #expect(other.stop() == 0)
            #expect(server.stop() == 0)
        }
    }

    @Test func `A damaged archive is named, and nothing is changed`() async throws {
        try await withTemporaryFolder { folder in
            let data = folder + "/data"
            let server = try ServerProcess(data: data)
            try write(4, to: "cust-1", of: server)
            #expect(server.stop() == 0)
            #expect(try baton("export", "--data", data, "--to", folder + "/out").status == 0)
            let file = folder + "/out/dev/cust-1/0000000000000001.entries"
            var bytes = try Data(contentsOf: URL(fileURLWithPath: file))
            bytes[bytes.count / 2] ^= 1
            try bytes.write(to: URL(fileURLWithPath: file))
            let (text, status) = try baton(
                "import", folder + "/out", "--data", folder + "/elsewhere")
            #expect(status == 1)
            #expect(text.contains("dev cust-1 offset 1") && text.contains("nothing was changed"))
            #expect(!FileManager.default.fileExists(atPath: folder + "/elsewhere"))
        }
    }

    /// `BATON_COMPACT_KILLS=50` kills it more often.
    @Test
    func `Killed at any instant, it leaves a whole log and archive, and the next run completes`()
        async throws
    {
        let kills =
            ProcessInfo.processInfo.environment["BATON_COMPACT_KILLS"].flatMap { Int($0) } ?? 6
        try await withTemporaryFolder { folder in
            let data = folder + "/data"
            let archive = folder + "/archive"
            let stream = try key("cust-1")
            var log = try SQLiteLog.open(directory: data)
            try await Self.fill(stream, chunks: 1, of: log)
            await log.close()
            let server = try ServerProcess(data: data, arguments: ["--archive", archive])
            let phone = try DeviceProcess(
                store: folder + "/phone", server: server, channel: "app", stream: "cust-1")
            let arguments = [
                "compact", "--data", data, "--keep-last", "300", "--archive", archive,
            ]
            var longest = 0.4
            for kill in 0..<kills {
                log = try SQLiteLog.open(directory: data)
                try await Self.fill(stream, chunks: 60, of: log)
                await log.close()
                let process = Process()
                process.executableURL = URL(fileURLWithPath: try Program.path("baton"))
                process.arguments = arguments
                process.standardOutput = FileHandle.nullDevice
                process.standardError = FileHandle.nullDevice
                let begun = ContinuousClock.now
                try process.run()
                // Spread over the time that a run takes.
                let delay = longest * Double(kill % 10 + 1) / 10 * Double.random(in: 0.8...1.2)
                try await Task.sleep(for: .seconds(delay))
                if process.isRunning {
                    Foundation.kill(process.processIdentifier, SIGKILL)
                } else {
                    longest = min(
                        longest, Double((ContinuousClock.now - begun).components.attoseconds) / 1e18
                    )
                }
                process.waitUntilExit()
                try phone.tell("add sku-\(kill) 1")
                try phone.tell("sync")
                try await check(stream, data, archive, "kill \(kill)")
            }
            let (text, status) = try Program.output(try Program.path("baton"), arguments)
            #expect(status == 0, "\(text)")
            try phone.tell("sync")
            let log2 = try SQLiteLog.open(directory: data)
            let head = try await log2.head(of: stream)
            #expect(head.offset.rawValue - head.horizon.rawValue <= 300 + 20)
            let cache = StateCache(
                engine: log2, schemas: BuiltinSchemas.all, limits: ServerLimits())
            let state = try await cache.state(of: stream).state
            #expect(try phone.tell("state") == state.canonicalJSON)
            await log2.close()
            try await check(stream, data, archive, "the end")
            let manifest = try #require(try Archive(opening: archive).manifest(of: stream))
            #expect(manifest.runs.count == 1)
            #expect(manifest.last == head.horizon)
            phone.quit()
            #expect(server.stop() == 0)
        }
    }

    /// Chain, base, and archive are whole, and the archive reaches the horizon.
    private func check(_ key: StreamKey, _ data: String, _ archive: String, _ when: String)
        async throws
    {
        let log = try SQLiteLog.open(directory: data)
        #expect(try await log.check(key) == nil, "\(when)")
        let beginning = try await log.beginning(of: key)
        if beginning.horizon > .start {
            let base = try #require(beginning.base)
            #expect(base.offset >= beginning.horizon, "\(when)")
            let state = try StreamState(stored: base)
            #expect(StateHash(of: state).bytes == base.stateHash, "\(when)")
            let manifest = try #require(try Archive(opening: archive).manifest(of: key))
            #expect(manifest.last >= beginning.horizon && manifest.runs.count == 1, "\(when)")
        }
        await log.close()
        if FileManager.default.fileExists(atPath: archive + "/manifest.json") {
            #expect(try ArchiveCheck.run(archive).findings == [], "\(when)")
        }
    }

    /// Appends chunks of 20 events of a device of its own, straight to the log.
    private static func fill(_ key: StreamKey, chunks: Int, of log: SQLiteLog) async throws {
        let replica = ReplicaID(high: 77, low: 1)
        let head = try await log.head(of: key).offset
        var counter = try await log.vector(of: key, at: head)?[replica] ?? .none
        for _ in 0..<chunks {
            var body: [UInt8] = []
            var entries: [AppendRequest.Entry] = []
            let first = counter.next
            for _ in 0..<20 {
                counter = counter.next
                let event = try Protobuf.decodeJSON(
                    Baton_V1_Event.self,
                    from: Array(
                        """
                        {"time":"1760000000000","channel":"app","operations":[\
                        {"entity":"cart/main","path":"/lines/sku-\(counter.rawValue % 50)/quantity",\
                        "add":1}]}
                        """.utf8))
                let start = body.count
                EventFrames.append(Protobuf.encode(event), to: &body)
                entries.append(.init(length: body.count - start, seen: .start))
            }
            _ = try await log.append(
                AppendRequest(
                    replica: replica, firstCounter: first, body: body, entries: entries,
                    receivedAt: 1_760_000_000_000), to: key)
        }
    }
}
