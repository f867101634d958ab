import Testing

/// `protocol/threat-model.md` names tests that there are.
@Suite struct OperationsDocumentTests {
    @Test func `Every promise of the threat model names tests, and each of them exists`() throws {
        let model = try SourceTree.file("protocol/threat-model.md")
        let tests = try SourceTree.swiftFiles(in: "Tests").map(\.text).joined()
        var findings: [String] = []
        var promises: [String: Int] = [:]
        var promise = ""
        for line in model.lines {
            if let match = line.firstMatch(of: #/^- \*\*([A-Z]\d+)\*\* /#) {
                promise = String(match.1)
                if promises[promise] != nil { findings.append("\(promise) stands twice") }
                promises[promise] = 0
            } else if let match = line.wholeMatch(of: #/ {2}- test: (.+)/#) {
                promises[promise, default: 0] += 1
                if !tests.contains("func `\(match.1)`(") {
                    findings.append("\(promise): no test is named \(match.1)")
                }
            }
        }
        findings += promises.filter { $0.value == 0 }.map { "\($0.key): no test" }
        #expect(promises.count > 20)
        #expect(findings.isEmpty, "\(list(findings))")
    }
}
