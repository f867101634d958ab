import Foundation
import Testing

/// The commands that hold the merge to account, as processes of their own.
@Suite struct `The commands that judge the merge` {
    /// What the program prints on standard output alone, and its exit status.
    private func run(_ arguments: String) throws -> (text: String, status: Int32) {
        let baton = try Program.path("baton")
        return try Program.output(
            "/bin/bash", ["-c", "exec '\(baton)' \(arguments) 2>/dev/null"])
    }

    private func json(_ text: String) throws -> Any {
        try JSONSerialization.jsonObject(with: Data(text.utf8))
    }

    @Test func `The same seeds print the same bytes in another process`() throws {
        // Each process hashes with a seed of its own: what depends on that differs here.
        for arguments in ["simulate --seeds 3 --from 40 --json", "simulate --seed 44"] {
            let (first, second) = (try run(arguments), try run(arguments))
            #expect(first.status == 0 && second.status == 0)
            #expect(first.text == second.text)
            #expect(!first.text.isEmpty)
        }
    }

    @Test func `A simulation's JSON says what happened and what was found`() throws {
        let (text, status) = try run("simulate --seeds 2 --json")
        #expect(status == 0)
        let report = try #require(try json(text) as? [String: Any])
        #expect(report["seeds"] as? Int == 2 && report["from"] as? Int == 1)
        #expect((report["findings"] as? [Any])?.isEmpty == true)
        #expect((report["happened"] as? [String: Any])?["writes"] != nil)
        #expect(report["awakeHours"] != nil && report["deviceHours"] != nil)
    }

    @Test func `A broken promise ends with 1, and names seed, promise and trace`() throws {
        let (text, status) = try run("simulate --seeds 2 --from 1 --break appendsTwice --json")
        #expect(status == 1)
        let report = try #require(try json(text) as? [String: Any])
        let finding = try #require((report["findings"] as? [[String: Any]])?.first)
        #expect(finding["promise"] as? String == "nothing is doubled")
        #expect(finding["seed"] != nil && (finding["trace"] as? [String])?.isEmpty == false)
    }

    @Test func `A small world is walked, the same in each process`() throws {
        let arguments = "small-world --rule workflow --size quick --json"
        let (first, second) = (try run(arguments), try run(arguments))
        #expect(first.status == 0)
        #expect(first.text == second.text)
        let report = try #require(try json(first.text) as? [[String: Any]])
        #expect(report.first?["rule"] as? String == "workflow")
        #expect((report.first?["scopes"] as? [Any])?.count == 2)
    }

    @Test func `A history that breaks a rule ends with 1, and is named`() throws {
        let (text, status) = try run("small-world --rule register --size quick --break --json")
        #expect(status == 1)
        let report = try #require(try json(text) as? [[String: Any]])
        let finding = try #require(report.first?["finding"] as? [String: Any])
        #expect((finding["history"] as? [String])?.count == 2)
    }

    @Test(arguments: [
        "simulate --seeds 0", "simulate --seed 1 --seeds 2", "simulate --break nothing",
        "small-world --size huge", "small-world --rule none", "small-world --letters 1",
        "small-world --rule log --letters 1,9", "small-world --workers 0",
        "bench merge --events 0",
    ])
    func `Wrong usage ends with 2`(arguments: String) throws {
        #expect(try run(arguments).status == 2)
    }
}
