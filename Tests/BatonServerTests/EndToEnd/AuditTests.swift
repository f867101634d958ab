import Foundation
import Testing

@testable import BatonServer

/// The audit record: the file, and what the real program writes into it.
@Suite struct `The audit record` {
    private static let detail = ["stream": "cust-1"]

    private func add(_ file: AuditFile, _ count: Int, from first: Int = 1) throws {
        for number in first..<(first + count) {
            try file.add("act-\(number)", by: "root", detail: Self.detail, now: Int64(number))
        }
    }

    @Test func `chains its lines, through as many files as it takes`() async throws {
        try await withTemporaryFolder { folder in
            let file = AuditFile(in: folder, fileBytes: 1_000)
            try add(file, 20)
            let reading = try file.read()
            #expect(reading.findings == [])
            #expect(reading.lines.map(\.number) == Array(1...20))
            #expect(reading.lines.map(\.act) == (1...20).map { "act-\($0)" })
            #expect(reading.lines.first?.previous == AuditLine.beginning)
            let names = try FileManager.default.contentsOfDirectory(atPath: folder)
                .filter { $0.hasSuffix(".jsonl") }.sorted()
            #expect(names.count > 3)
            #expect(names.contains("audit-000000000001.jsonl"))
            // The oldest may be kept elsewhere.
            try FileManager.default.removeItem(atPath: folder + "/audit-000000000001.jsonl")
            #expect(try file.read().findings == [])
            // One in the middle may not.
            try FileManager.default.removeItem(atPath: folder + "/" + names[2])
            #expect(try file.read().findings.count == 1)
        }
    }

    @Test func `shows every line that was changed, put in or taken out`() async throws {
        try await withTemporaryFolder { folder in
            let file = AuditFile(in: folder)
            try add(file, 6)
            let path = folder + "/audit.jsonl"
            let whole = try String(contentsOfFile: path, encoding: .utf8)
            let lines = whole.split(separator: "\n").map(String.init)
            func findings(_ changed: [String]) throws -> Int {
                let text = changed.joined(separator: "\n") + "\n"
                try text.write(toFile: path, atomically: true, encoding: .utf8)
                return try file.read().findings.count
            }
            #expect(try findings(lines) == 0)
            for index in 0..<5 {
                var changed = lines
                changed[index] = changed[index].replacing("root", with: "toor")
                #expect(try findings(changed) == 1, "line \(index + 1) changed")
                changed = lines
                changed.remove(at: index)
                #expect(try findings(changed) == (index == 0 ? 0 : 1), "line \(index + 1) out")
                changed = lines
                changed.insert(lines[index], at: index)
                #expect(try findings(changed) > 0, "line \(index + 1) doubled")
                changed = lines
                changed[index] = "{"
                #expect(try findings(changed) == 1, "line \(index + 1) unreadable")
            }
            var forged = lines
            forged[0] = forged[0].replacing(
                AuditLine.beginning, with: String(repeating: "1", count: 64))
            #expect(try findings(forged) > 0)
        }
    }

    @Test func `goes on after a line that was cut off, and after one that is whole`() async throws {
        try await withTemporaryFolder { folder in
            let file = AuditFile(in: folder)
            let path = folder + "/audit.jsonl"
            try add(file, 3)
            let whole = try Data(contentsOf: URL(fileURLWithPath: path))
            for cut in [1, 10, whole.count / 3, whole.count] {
                try whole.dropLast(cut).write(to: URL(fileURLWithPath: path))
                let kept = try file.read().lines.count
                try add(file, 2, from: 50)
                let reading = try file.read()
                #expect(reading.findings == [], "\(cut) bytes cut off")
                #expect(reading.lines.map(\.number) == Array(1...(kept + 2)))
            }
        }
    }

    @Test func `holds its size: a detail that is long is cut`() async throws {
        try await withTemporaryFolder { folder in
            let file = AuditFile(in: folder)
            let long = String(repeating: "ä", count: 100_000)
            try file.add(long, outcome: long, by: long, detail: ["a": long, "b": long], now: 0)
            try add(file, 1)
            let reading = try file.read()
            #expect(reading.findings == [])
            #expect(reading.lines.count == 2)
            #expect(reading.lines.first?.detail["a"]?.utf8.count ?? 0 < 1_100)
        }
    }

    @Test func `tells of every act of the program, and of no secret`() async throws {
        try await withTemporaryFolder { folder in
            let data = folder + "/data"
            let keys = folder + "/keys.json"
            @discardableResult
            func baton(_ arguments: String..., status: Int32 = 0) throws -> String {
                let ended = try Program.output(Program.path("baton"), arguments)
                guard ended.status == status else { throw TestFailure("\(arguments): \(ended)") }
                return ended.text.trimmingCharacters(in: .whitespacesAndNewlines)
            }
            try baton("token", "--new-key", keys)
            let token = try baton(
                "token", "--keys", keys, "--tenant", "acme", "--stream", "cust-1", "--subject",
                "till-7")
            try baton("token", "rotate", keys)
            let server = try ServerProcess(data: data, arguments: ["--keys", keys])
            server.hangUp()
            try baton("token", "revoke", "--data", data, "--tenant", "acme", "--subject", "till-7")
            try baton(
                "token", "revoke", "--undo", "--data", data, "--tenant", "acme", "--subject",
                "nobody",
                status: 1)
            let file = AuditFile(in: data)
            // The server sees both within a second or two.
            for _ in 0..<100 {
                let acts = try file.read().lines.map(\.act)
                if acts.contains("reload.keys"), acts.contains("reload.revocations") { break }
                try await Task.sleep(for: .milliseconds(100))
            }
            #expect(server.stop() == 0)
            try baton("compact", "--keep-last", "0", "--data", data)
            try baton("export", "--data", data, "--to", folder + "/archive")
            try baton("import", folder + "/archive", "--data", data, status: 1)
            try baton("backup", "--data", data, "--to", folder + "/backup")
            try baton("restore", folder + "/backup", "--data", folder + "/restored")
            try baton("verify", "--repair", "--from", folder + "/backup", "--data", data)
            let reading = try file.read()
            #expect(reading.findings == [])
            func ended(_ lines: [AuditLine]) -> Set<String> {
                Set(lines.map { "\($0.act) \($0.outcome?.prefix(6) ?? "begun")" })
            }
            #expect(
                ended(reading.lines) == [
                    "serve begun", "serve done", "schemas done", "reload.keys done",
                    "reload.revocations done",
                    "token.revoke begun", "token.revoke done", "token.restore begun",
                    "token.restore failed", "compact begun", "compact done", "export begun",
                    "export done", "import begun", "import failed", "backup begun", "backup done",
                    "repair begun", "repair done",
                ])
            #expect(
                ended(try AuditFile(in: folder).read().lines) == [
                    "token.new-key begun", "token.new-key done", "token.issue begun",
                    "token.issue done", "token.rotate begun", "token.rotate done",
                ])
            #expect(ended(try AuditFile(in: folder + "/restored").read().lines) == ["restore done"])
            let text =
                try String(contentsOfFile: data + "/audit.jsonl", encoding: .utf8)
                + String(contentsOfFile: folder + "/audit.jsonl", encoding: .utf8)
            #expect(!text.contains(token.suffix(20)))
            #expect(!text.contains("\"k\""))
            #expect(text.contains(#""subject":"till-7""#))
            let printed = try baton("audit", "--data", data, "--act", "token.")
            #expect(printed.contains("token.revoke") && !printed.contains("compact"))
            #expect(printed.contains("0 findings, last hash \(reading.last ?? "")"))
            try text.replacing("till-7", with: "till-8")
                .write(toFile: data + "/audit.jsonl", atomically: true, encoding: .utf8)
            try baton("audit", "--data", data, status: 1)
        }
    }

    @Test func `tells of acts that came by a call, and of what --dev makes`() async throws {
        try await withTemporaryFolder { folder in
            let server = try ServerProcess(data: folder)
            for stream in ["anon-1", "cust-1"] {
                _ = try curl(
                    server, "/v1/streams/\(stream)/entities/cart/main",
                    json: #"{"operations":[{"path":"/lines/a/quantity","add":1}]}"#)
            }
            for path in ["adopt", "adopt/undo"] {
                _ = try curl(server, "/v1/streams/cust-1/\(path)", json: #"{"from":"anon-1"}"#)
            }
            _ = try curl(server, "/v1/streams/cust-1/adopt/undo", json: #"{"from":"anon-9"}"#)
            // What shoppers do stands in their streams, and does not fill the record.
            let (kiosk, _) = try Program.output(
                Program.path("baton"),
                [
                    "token", "--keys", folder + "/dev-keys.json", "--tenant", "dev", "--role",
                    "kiosk", "--stream", "*",
                ])
            let undone = try Program.output(
                "/usr/bin/curl",
                [
                    "-sS", "-H", "Authorization: Bearer \(kiosk.trimmingCharacters(in: .newlines))",
                    "--json", #"{"from":"anon-9"}"#,
                    server.address + "/v1/streams/cust-1/adopt/undo",
                ]
            ).text
            #expect(undone.contains("adoption-not-found"))
            #expect(server.stop() == 0)
            // Keys and log share the folder here: the kiosk's token is recorded as well.
            let lines = try AuditFile(in: folder).read().lines.filter {
                $0.detail["role"] != "kiosk"
            }
            #expect(
                lines.map { "\($0.act) \($0.outcome ?? "begun")" } == [
                    "token.new-key begun", "token.new-key done", "serve begun", "schemas done",
                    "token.issue begun", "token.issue done", "adoption.undo begun",
                    "adoption.undo done", "adoption.undo begun",
                    "adoption.undo refused: adoption-not-found", "serve done",
                ])
            let undo = try #require(lines.first { $0.act == "adoption.undo" })
            #expect(undo.by == "service developer")
            #expect(undo.detail == ["tenant": "dev", "stream": "cust-1", "from": "anon-1"])
        }
    }

    @Test func `tells why a server did not start`() async throws {
        try await withTemporaryFolder { folder in
            let (data, schemas) = (folder + "/data", folder + "/schemas")
            try FileManager.default.createDirectory(
                atPath: schemas, withIntermediateDirectories: false)
            try "{".write(toFile: schemas + "/bad.json", atomically: true, encoding: .utf8)
            let status = try Program.output(
                Program.path("baton"),
                ["serve", "--dev", "--data", data, "--listen", "127.0.0.1:0", "--schemas", schemas]
            ).status
            #expect(status == 1)
            let lines = try AuditFile(in: data).read().lines.filter { $0.act == "serve" }
            #expect(lines.count == 2 && lines[1].outcome?.hasPrefix("failed: ") ?? false)
        }
    }

    @Test func `stops an act that it cannot take`() async throws {
        try await withTemporaryFolder { folder in
            let keys = folder + "/keys.json"
            let baton = try Program.path("baton")
            _ = try Program.output(baton, ["token", "--new-key", keys])
            // A folder in the file's place takes no line, whoever asks.
            try FileManager.default.removeItem(atPath: folder + "/audit.jsonl")
            try FileManager.default.createDirectory(
                atPath: folder + "/audit.jsonl", withIntermediateDirectories: false)
            let (text, status) = try Program.output(
                baton, ["token", "--keys", keys, "--tenant", "acme", "--stream", "s"])
            #expect(status == 1)
            #expect(text.contains("no act goes without its record"))
            #expect(!text.contains("eyJ"))
        }
    }
}
