import Foundation
import Testing

/// Settings by flag, environment and file, with the real program.
@Suite struct `Settings of a server` {
    private struct Place {
        let folder: String
        var keys: String { folder + "/keys.json" }
        var file: String { folder + "/baton.json" }

        init(_ folder: String) throws {
            self.folder = folder
            try Self.expectSuccess(
                Program.output(Program.path("baton"), ["token", "--new-key", keys]))
        }

        private static func expectSuccess(_ result: (text: String, status: Int32)) throws {
            guard result.status == 0 else { throw TestFailure(result.text) }
        }

        func write(_ json: String) throws {
            try json.write(toFile: file, atomically: true, encoding: .utf8)
        }

        /// What `--check-config` prints, and its exit status.
        func check(
            _ arguments: String..., environment: [String: String] = [:]
        ) throws -> (text: String, status: Int32) {
            try Program.output(
                Program.path("baton"),
                ["serve", "--check-config", "--data", folder + "/data"] + arguments,
                environment: environment)
        }

        /// The line of a setting, with single spaces.
        static func row(_ key: String, in text: String) -> String? {
            text.split(separator: "\n").map { line in
                line.split(separator: " ").joined(separator: " ")
            }.first { $0.hasPrefix("\(key) ") }
        }
    }

    @Test func `flags go before environment, and environment before file`() async throws {
        try await withTemporaryFolder { folder in
            let place = try Place(folder)
            try place.write(
                """
                {"keys": "\(place.keys)", "listen": "127.0.0.1:1001", "log": {"level": "debug"},
                 "limits": {"bodyBytes": 2097152, "headers": 50, "connections": 70},
                 "cors": {"origins": ["https://a.example", "https://b.example"]}}
                """)
            let (text, status) = try place.check(
                "--config", place.file, "--limit", "headers=40", "--max-connections", "90",
                "--body-memory", "128",
                environment: [
                    "BATON_LISTEN": "127.0.0.1:1002", "BATON_LIMITS_HEADERS": "45",
                    "BATON_LIMITS_STREAMS_PER_SYNC": "20", "BATON_LOG_FORMAT": "json",
                    "BATON_TOKENS_ISSUERS": "one,two",
                ])
            #expect(status == 0, "\(text)")
            let expected = [
                "data \(folder)/data --data", "keys \(place.keys) keys in \(place.file)",
                "listen 127.0.0.1:1002 $BATON_LISTEN", "log.level debug log.level in \(place.file)",
                "log.format json $BATON_LOG_FORMAT",
                "tokens.issuers one,two $BATON_TOKENS_ISSUERS",
                "cors.origins https://a.example,https://b.example cors.origins in \(place.file)",
                "limits.bodyBytes 2097152 limits.bodyBytes in \(place.file)",
                "limits.headers 40 --limit headers", "limits.connections 90 --max-connections",
                "limits.bodyBytesAtOnce 134217728 --body-memory",
                "limits.streamsPerSync 20 $BATON_LIMITS_STREAMS_PER_SYNC",
                "limits.idleSeconds 120 -",
            ]
            for line in expected {
                let key = line.split(separator: " ")[0]
                #expect(Place.row(String(key), in: text) == line)
            }
            #expect(text.hasSuffix("a server can run like this\n"))
            #expect(!FileManager.default.fileExists(atPath: folder + "/data"), "nothing is written")
        }
    }

    @Test func `a flag turns off what the file turns on`() async throws {
        try await withTemporaryFolder { folder in
            let place = try Place(folder)
            try place.write(#"{"dev": true, "plainHTTP": true, "keys": "\#(place.keys)"}"#)
            let (text, status) = try place.check(
                "--config", place.file, "--no-dev", "--no-plain-http")
            #expect(status == 0, "\(text)")
            #expect(Place.row("dev", in: text) == "dev false --no-dev")
            #expect(Place.row("plainHTTP", in: text) == "plainHTTP false --no-plain-http")
            let off = try place.check("--config", place.file, environment: ["BATON_DEV": "false"])
            #expect(off.status == 0 && Place.row("dev", in: off.text) == "dev false $BATON_DEV")
        }
    }

    @Test func `a name that begins like an address of loopback is none`() async throws {
        try await withTemporaryFolder { folder in
            let place = try Place(folder)
            for (host, status) in [("127.0.0.9", 0), ("127.example.com", 1), ("127.1.evil", 1)] {
                let checked = try place.check("--keys", place.keys, "--listen", "\(host):0")
                #expect(checked.status == Int32(status), "\(host): \(checked.text)")
                #expect(checked.text.contains("in the clear") == (status == 1))
            }
        }
    }

    @Test func `a key that others can read is told of, also by a server that runs`() async throws {
        try await withTemporaryFolder { folder in
            let place = try Place(folder)
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o644], ofItemAtPath: place.keys)
            let (text, status) = try place.check("--keys", place.keys)
            #expect(status == 1 && text.contains("chmod 600 \(place.keys)"))
            let log = folder + "/log"
            let server = try ServerProcess(
                data: folder + "/data", arguments: ["--keys", place.keys], log: log)
            #expect(server.stop() == 0)
            let told = try String(contentsOfFile: log, encoding: .utf8)
            #expect(told.contains("warning") && told.contains("chmod 600 \(place.keys)"))
        }
    }

    @Test func `a check names every problem at once, and where it was said`() async throws {
        try await withTemporaryFolder { folder in
            let place = try Place(folder)
            try place.write(
                """
                {"keys": "\(folder)/no-keys.json", "limits": {"bodyByte": 5, "headers": 5, "headerBytes": "x"},
                 "schemas": "\(folder)/no-schemas", "tls": {"cert": "\(folder)/no.pem", "key": "\(folder)/no.key"},
                 "log": {"level": "loud"}, "dev": "yes", "cors": {"origins": "https://a.example"}}
                """)
            let (text, status) = try place.check(
                "--config", place.file,
                environment: [
                    "BATON_LIMITS_BODY_BITES": "7", "BATON_LIMITS_IDLE_SECONDS": "soon",
                    "BATON_LIMITS_HEARTBEAT_SECONDS": "500",
                ])
            #expect(status == 1)
            for problem in [
                "\(place.file) has no setting limits.bodyByte",
                "limits.headers in \(place.file) is a number from 10 to 1000, not 5",
                "limits.headerBytes in \(place.file) is a number from 1024 to 65536",
                "log.level in \(place.file) is one of",
                "dev in \(place.file) is true or false",
                "cors.origins in \(place.file) is a list of texts",
                "no setting is called $BATON_LIMITS_BODY_BITES",
                "$BATON_LIMITS_IDLE_SECONDS is a number from 1 to 86400",
                "heartbeatSeconds (500) is above idleSeconds (120)",
                "the key file \(folder)/no-keys.json cannot be read",
                "there is no \(folder)/no-schemas",
                "\(folder)/no.pem is not a certificate chain",
            ] {
                #expect(text.contains("problem: \(problem)"), "\(problem) is missing in:\n\(text)")
            }
            #expect(text.contains("12 problems"))
        }
    }

    @Test func `a variable that is no setting is a problem, but for those that others set`()
        async throws
    {
        try await withTemporaryFolder { folder in
            let place = try Place(folder)
            // As Kubernetes sets them for services called baton and baton-live.
            let services = [
                "BATON_SERVICE_HOST": "10.0.0.1", "BATON_SERVICE_PORT": "8377",
                "BATON_SERVICE_PORT_HTTPS": "8377", "BATON_PORT": "tcp://10.0.0.1:8377",
                "BATON_PORT_8377_TCP": "tcp://10.0.0.1:8377",
                "BATON_PORT_8377_TCP_ADDR": "10.0.0.1", "BATON_LIVE_SERVICE_HOST": "10.0.0.2",
                "BATON_LIVE_PORT": "tcp://10.0.0.2:8377", "BATON_TOKEN": "x",
            ]
            let none = try place.check("--keys", place.keys, environment: services)
            #expect(none.status == 0, "\(none.text)")
            let wrong = ["BATON_LISTN", "BATON_KEY", "BATON_PORT", "BATON_listen", "BATON_"]
            let (text, status) = try place.check(
                "--keys", place.keys,
                environment: Dictionary(uniqueKeysWithValues: wrong.map { ($0, "1") }))
            #expect(status == 1)
            for name in wrong {
                #expect(text.contains("problem: no setting is called $\(name);"), "\(text)")
            }
            #expect(text.contains("\(wrong.count) problems"), "\(text)")
        }
    }

    @Test func `whatever variable the project's tools and tests have is known to be no setting`()
        async throws
    {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        var names: Set<String> = []
        for place in ["Package.swift", ".ci", "tools", "Tests", "Sources"] {
            let path = root.appendingPathComponent(place).path
            let inner = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String }
            for file in inner?.map({ "\(path)/\($0)" }) ?? [path] where file != #filePath {
                guard let data = FileManager.default.contents(atPath: file) else { continue }
                let text = String(decoding: data, as: UTF8.self)
                names.formUnion(text.matches(of: /\bBATON_[A-Z_]+[A-Z]/).map { String($0.0) })
            }
        }
        #expect(names.count > 10)
        try await withTemporaryFolder { folder in
            let place = try Place(folder)
            let (text, _) = try place.check(
                "--keys", place.keys,
                environment: Dictionary(uniqueKeysWithValues: names.map { ($0, "1") }))
            #expect(!text.contains("no setting is called"), "\(text)")
        }
    }

    @Test func `a key file that others can read is a problem`() async throws {
        try await withTemporaryFolder { folder in
            let place = try Place(folder)
            #expect(try place.check("--keys", place.keys).status == 0)
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o644], ofItemAtPath: place.keys)
            let (text, status) = try place.check("--keys", place.keys)
            #expect(status == 1)
            #expect(text.contains("chmod 600 \(place.keys)"))
        }
    }

    @Test func `no server starts with a wrong setting, and the exit status is that of wrong usage`()
        async throws
    {
        try await withTemporaryFolder { folder in
            let place = try Place(folder)
            for (json, problem) in [
                ("{", "is not a JSON object"), ("[]", "is not a JSON object"),
                (#"{"limits": {"bodyBytes": 1}}"#, "limits.bodyBytes in"),
                (
                    #"{"listen": "nowhere"}"#,
                    "listen in \(place.file) is HOST:PORT, not \"nowhere\""
                ),
                (#"{"Listen": "127.0.0.1:0"}"#, "has no setting Listen: is listen meant?"),
            ] {
                try place.write(json)
                let (text, status) = try Program.output(
                    Program.path("baton"),
                    [
                        "serve", "--keys", place.keys, "--config", place.file, "--data",
                        folder + "/d",
                    ])
                #expect(status == 2)
                #expect(text.contains(problem), "\(text)")
            }
            let (text, status) = try Program.output(
                Program.path("baton"), ["serve", "--dev", "--config", folder + "/none.json"])
            #expect(status == 2)
            #expect(text.contains("\(folder)/none.json cannot be read"))
            #expect(!FileManager.default.fileExists(atPath: folder + "/d"))
        }
    }

    @Test func `a server is held to limits from the environment, and says so in its metrics`()
        async throws
    {
        try await withTemporaryFolder { folder in
            let server = try ServerProcess(
                data: folder + "/data", environment: ["BATON_LIMITS_BODY_BYTES": "2048"])
            #expect(
                try curl(server, "/metrics").contains("baton_limit{name=\"bodyBytes\"} 2048\n"))
            let title = String(repeating: "x", count: 3_000)
            let answer = try curl(
                server, "/v1/streams/s/entities/cart/main",
                json: #"{"operations":[{"path":"/lines/a/title","set":"\#(title)"}]}"#)
            #expect(answer.contains("body-too-large"))
            #expect(server.stop() == 0)
        }
    }
}
