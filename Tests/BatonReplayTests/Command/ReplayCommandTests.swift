import Foundation
import Testing

@testable import BatonReplay

@Suite struct ReplayCommandTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try folder.write("events.csv", Self.rows(people: 3, times: 12))
    }

    /// People with two sessions each, who add and remove by turns, and a row that comes twice.
    private static func rows(people: Int, times: Int) -> String {
        var text = "event_time,event_type,product_id,price,user_id,user_session\n"
        for time in 0..<times {
            for person in 0..<people {
                let type = time % 4 == 3 ? "remove_from_cart" : "cart"
                let second = String(time % 60 + 100).dropFirst()
                let minute = String(time / 60 + 100).dropFirst()
                let row =
                    "2022-10-01 00:\(minute):\(second) UTC,\(type),\(time % 3),1.50,\(person),"
                    + "s\(time % 2)\n"
                text += time == 5 ? row + row : row
            }
        }
        return text
    }

    private func json(_ arguments: String...) throws -> [String: Any] {
        let ended = try Program(["replay", folder.path, "--json"] + arguments).end()
        #expect(ended.status == 0, "\(ended)")
        let value = try JSONSerialization.jsonObject(with: Data(ended.output.utf8))
        return try #require(value as? [String: Any])
    }

    @Test func `Online, it prints what it found and ends well`() throws {
        let report = try json("--online")
        #expect(report["findings"] as? [String] == [])
        let data = try #require(report["data"] as? [String: Any])
        #expect(data["kind"] as? String == "rees46")
        #expect(data["rowsRead"] as? Int == 39)
        let events = try #require(report["events"] as? [String: Any])
        #expect(events["written"] as? Int == 36)
        #expect(events["kept"] as? Int == 36)
        #expect(events["duplicatesAbsorbed"] as? Int == 3)
        let comparison = try #require(report["comparison"] as? [String: Any])
        let carts = try #require(comparison["carts"] as? [String: Int])
        #expect(carts == ["compared": 3, "different": 0])
    }

    @Test func `Offline it says how, and how many faults there were`() throws {
        let report = try json("--offline", "0.7", "--seed", "5")
        let mode = try #require(report["mode"] as? [String: Any])
        #expect(mode["name"] as? String == "offline")
        #expect(mode["offline"] as? Double == 0.7)
        #expect(mode["seed"] as? Int == 5)
        let network = try #require(report["network"] as? [String: Any])
        let faults = try #require(network["faults"] as? [String: Int])
        #expect(faults.count == NetworkFault.allCases.count)
    }

    @Test(arguments: [
        (["--online", "--offline", "0.5"], "leave out --offline"),
        (["--offline", "1.5"], "from 0 to 1"),
        (["--server", "http://127.0.0.1:1"], "BATON_TOKEN"),
        (["--token-file", "token.txt"], "--server"),
        (["--limit", "0"], "at least 1"),
    ])
    func `Wrong usage is told with status 2`(arguments: [String], words: String) throws {
        let ended = try Program(["replay", folder.path] + arguments).end()
        #expect(ended.status == 2)
        #expect(ended.errors.contains(words), "\(ended)")
    }

    @Test func `Data that nobody can read is told with status 1`() throws {
        let file = try folder.write("odd.txt", "nothing that is known\n")
        let ended = try Program(["replay", file]).end()
        #expect(ended.status == 1)
        #expect(ended.errors.contains("odd.txt"), "\(ended)")
        let absent = try Program(["replay", folder.path + "/none"]).end()
        #expect(absent.status == 1)
        #expect(absent.errors.contains("there is nothing at"), "\(absent)")
    }

    @Test func `A log that is kept can be looked into`() throws {
        let kept = folder.path + "/kept"
        let ended = try Program([
            "replay", folder.path + "/events.csv", "--online", "--keep", kept,
        ]).end()
        #expect(ended.status == 0, "\(ended)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: kept) == ["log"])
        let streams = try Program(["inspect", "streams", "--data", kept + "/log"]).end()
        #expect(streams.output.contains("cust-1"), "\(streams)")
    }

    /// How large the files of a folder are together.
    private static func bytes(in folder: String) -> Int {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return files.reduce(0) { sum, file in
            let facts = try? FileManager.default.attributesOfItem(atPath: "\(folder)/\(file)")
            return sum + (facts?[.size] as? Int ?? 0)
        }
    }

    /// How many entries a log holds.
    private static func entries(in data: String) throws -> Int {
        let ended = try Program(["inspect", "streams", "--data", data, "--json"]).end()
        #expect(ended.status == 0, "\(ended)")
        let streams = try JSONSerialization.jsonObject(with: Data(ended.output.utf8))
        return (streams as? [[String: Any]] ?? []).reduce(0) { $0 + ($1["head"] as? Int ?? 0) }
    }

    @Test(.timeLimit(.minutes(20)), arguments: [["--online"], ["--offline", "0.3"]])
    func `A server that is killed during a replay and comes back has lost nothing`(
        mode: [String]
    ) throws {
        try folder.write("events.csv", Self.rows(people: 12, times: 100))
        let data = folder.path + "/server"
        func serve(_ port: String) throws -> (Program, [String]) {
            let server = try Program([
                "serve", "--dev", "--data", data, "--listen", "127.0.0.1:\(port)",
            ])
            return (server, server.lines(3))
        }
        let (first, lines) = try serve("0")
        let address = try #require(lines.first?.firstMatch(of: /http:\S*:(\d+)/))
        let token = folder.path + "/token.txt"
        try (lines[2] + "\n").write(toFile: token, atomically: true, encoding: .utf8)
        let replay = try Program(
            [
                "replay", folder.path + "/events.csv", "--json", "--server", String(address.0),
                "--token-file", token,
            ] + mode)
        // On a busy machine the replay takes its time to begin, and where no server is there then, it
        // says so and ends.
        let begun = Self.bytes(in: data) + 50_000
        for _ in 0..<6_000 where Self.bytes(in: data) < begun { Thread.sleep(forTimeInterval: 0.1) }
        try #require(Self.bytes(in: data) >= begun)
        first.kill()
        // As it was left: who looks into it mends it.
        let left = folder.path + "/left"
        try FileManager.default.copyItem(atPath: data, toPath: left)
        Thread.sleep(forTimeInterval: 0.5)
        let (second, _) = try serve(String(address.1))
        let ended = replay.end()
        second.stop()
        #expect(ended.status == 0, "\(ended)")
        let report =
            try JSONSerialization.jsonObject(with: Data(ended.output.utf8)) as? [String: Any]
        let events = try #require(report?["events"] as? [String: Any])
        #expect(events["kept"] as? Int == 1200)
        #expect(events["lost"] as? Int == 0)
        // It was killed in the middle; and who asks without a pause has asked while it was away.
        #expect(try Self.entries(in: left) < Self.entries(in: data))
        guard mode == ["--online"] else { return }
        let network = try #require(report?["network"] as? [String: Any])
        #expect((network["unanswered"] as? Int ?? 0) > 0)
    }
}
