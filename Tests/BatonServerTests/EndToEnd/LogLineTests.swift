import Foundation
import Testing

/// What a real server writes to its log.
@Suite struct `The log's lines` {
    private struct Line: Decodable {
        let time: String
        let level: String
        let message: String
        let request: String?
        let tenant: String?
        let stream: String?
        let streams: String?
        let replica: String?
        let milliseconds: String?
        let reason: String?
    }

    @Test func `are one JSON object each, with who and what and how long, and no secret`()
        async throws
    {
        try await withTemporaryFolder { folder in
            let log = folder + "/log"
            let server = try ServerProcess(
                data: folder + "/data",
                arguments: ["--log-format", "json", "--log-level", "info"], log: log)
            _ = try curl(
                server, "/v1/streams/cust-1/entities/cart/main",
                json: #"{"operations":[{"path":"/lines/a/title","set":"a secret wish"}]}"#)
            // The name of its key would make lines of its own, if it could.
            let head = Data(
                #"{"alg":"HS256","kid":"a\n{\"message\":\"forged\"}\u001b[2J\u0085"}"#.utf8
            ).base64EncodedString().replacing("=", with: "").replacing("+", with: "-")
                .replacing("/", with: "_")
            _ = try Program.output(
                "/usr/bin/curl",
                [
                    "-sS", "-H", "Authorization: Bearer \(head).e30.c2ln",
                    server.address + "/v1/streams/cust-1/entities/cart/main",
                ])
            _ = try curl(server, "/v1/nothing%0Ahere%1B%5B2J")
            let replica = String(repeating: "ab", count: 16)
            _ = try curl(
                server, "/v1/sync",
                json:
                    #"{"streams":[{"stream":"cust-2","replica":"\#(replica)"},{"stream":"cust-3"}]}"#
            )
            let offer = try curl(
                server, "/v1/handoffs", json: #"{"stream":"cust-1","entities":["cart/main"]}"#)
            let code = try #require(offer.firstMatch(of: /"code":"([^"]+)"/)?.1)
            let id = try #require(offer.firstMatch(of: /"id":"([^"]+)"/)?.1)
            _ = try curl(server, "/v1/handoffs/\(id)")
            _ = try Program.output(
                "/usr/bin/curl",
                [
                    "-sS", "--json", #"{"code":"\#(code)"}"#,
                    server.address + "/v1/handoffs/claim",
                ])
            #expect(server.stop() == 0)
            let text = try String(contentsOfFile: log, encoding: .utf8)
            #expect(!text.contains(code))
            #expect(!text.contains(server.token.suffix(20)))
            #expect(!text.contains("secret wish"))
            #expect(text.unicodeScalars.allSatisfy { $0 == "\n" || !$0.properties.isControl })
            let lines = try text.split(separator: "\n").map {
                try JSONDecoder().decode(Line.self, from: Data($0.utf8))
            }
            let answered = lines.filter { $0.message == "answered" }
            #expect(answered.count == 7)
            #expect(Set(answered.compactMap(\.request)).count == 7)
            for handed in answered.suffix(3) {
                #expect(handed.tenant == "dev" && handed.stream == "cust-1")
            }
            let synced = answered[3]
            #expect(synced.stream == "cust-2" && synced.streams == "2" && synced.replica == replica)
            let written = try #require(answered.first)
            #expect(written.tenant == "dev")
            #expect(written.stream == "cust-1")
            #expect(written.milliseconds.flatMap { Int($0) } != nil)
            #expect(written.level == "info")
            #expect(lines.contains { $0.message == "a token was refused" && $0.reason != nil })
        }
    }

    @Test func `are for people where nothing else is said`() async throws {
        try await withTemporaryFolder { folder in
            let log = folder + "/log"
            let server = try ServerProcess(
                data: folder + "/data", arguments: ["--log-level", "info"], log: log)
            _ = try curl(
                server, "/v1/streams/cust-1/entities/cart/main",
                json: #"{"operations":[{"path":"/lines/a/quantity","add":1}]}"#)
            #expect(server.stop() == 0)
            let text = try String(contentsOfFile: log, encoding: .utf8)
            let line = try #require(text.split(separator: "\n").first { $0.contains(" answered ") })
            #expect(line.contains("Z info answered "))
            #expect(
                line.contains(
                    #" route="POST /v1/streams/{stream}/entities/{type}/{id}" status=200"#))
            #expect(line.contains(" stream=cust-1 tenant=dev"))
        }
    }
}

extension Unicode.Scalar.Properties {
    fileprivate var isControl: Bool { generalCategory == .control }
}
