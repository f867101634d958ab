import Crypto
import Foundation
import Testing

/// The documents in `protocol/` and the sources say the same.
@Suite struct ContractTests {
    private struct Pinned: Decodable {
        let version: Int
        let schema: [String: String]
    }

    @Test func `The protocol version pins the messages`() throws {
        let pinned = try JSONDecoder().decode(
            Pinned.self, from: Data(try SourceTree.file("protocol/version.json").text.utf8))
        for (name, expected) in pinned.schema {
            let bytes = try Data(contentsOf: SourceTree.root.appending(path: "protocol/\(name)"))
            let hash = SHA256.hash(data: bytes).map { byte in
                let digits = String(byte, radix: 16)
                return digits.utf8.count == 1 ? "0" + digits : digits
            }.joined()
            #expect(
                hash == expected,
                """
                protocol/\(name) is not what version \(pinned.version) of the protocol stands for. \
                If old and new peers would misread each other, add 1 to "version" in \
                protocol/version.json (specification section 13). Then set its hash there to \(hash).
                """)
        }
        #expect(pinned.schema["baton.proto"] != nil)
    }

    @Test func `Every refusal code is specified`() throws {
        let codes = try rawValues { $0 == "RefusalCode" }
        let specification = try SourceTree.file("protocol/specification.md").text
        let unspecified = codes.filter { !specification.contains("| `\($0)` |") }
        #expect(codes.contains("replica-cloned"))
        #expect(unspecified.isEmpty, "\(list(unspecified))")
    }

    @Test func `Every invariant of the log is specified, and has a test that names it`() throws {
        let specification = try SourceTree.file("protocol/specification.md").text
        let tests = try SourceTree.swiftFiles(in: "Tests").map(\.text).joined()
        for number in 1...8 {
            #expect(specification.contains("- **L\(number)** "))
            #expect(tests.contains("func `L\(number) "), "no test names L\(number)")
        }
    }

    @Test func `Whatever the HTTP description refers to is in it`() throws {
        let lines = try SourceTree.file("protocol/openapi.yaml").lines
        var section = ""
        var declared: Set<String> = []
        var isInComponents = false
        for line in lines {
            if line.hasPrefix("components:") { isInComponents = true }
            guard isInComponents else { continue }
            if let match = line.wholeMatch(of: #/  ([a-zA-Z]+):/#) { section = String(match.1) }
            if let match = line.prefixMatch(of: #/    ([A-Za-z0-9]+):/#) {
                declared.insert("#/components/\(section)/\(match.1)")
            }
        }
        let named = lines.flatMap { line in
            line.matches(of: /#\/components\/[a-zA-Z]+\/[A-Za-z0-9]+/).map { String($0.0) }
        }
        #expect(named.count > 100)
        let missing = Set(named).subtracting(declared)
        #expect(missing.isEmpty, "\(list(missing.sorted()))")
    }

    @Test func `Every metric is specified`() throws {
        let specification = try SourceTree.file("protocol/specification.md").text
        let files = try SourceTree.swiftFiles(in: "Sources/BatonServer").map(\.text)
        let named = files.flatMap { text in
            text.matches(of: #/# TYPE (baton_[a-z_]+)/#).map { String($0.1) }
                + text.matches(of: /Gauge\(\s*"([a-z_]+)"/).map { "baton_\($0.1)" }
        }
        let unspecified = Set(named).filter {
            !$0.hasSuffix("_limit") && !specification.contains("`\($0)")
        }
        #expect(named.contains("baton_log_writes_waiting") && named.count > 12)
        #expect(unspecified.isEmpty, "\(list(unspecified.sorted()))")
    }

    @Test func `Every problem slug is specified and described`() throws {
        let enumerated = try rawValues {
            $0.contains("Problem") || $0.contains("Slug")
        }
        let literal = try SourceTree.swiftFiles(in: "Sources").flatMap { file in
            file.text.matches(of: /urn:baton:problem:([a-z][a-z-]*)/).map { String($0.1) }
        }
        let specified = try specifiedSlugs()
        let openAPI = try SourceTree.file("protocol/openapi.yaml").text
        let findings = Set(enumerated + literal).sorted().flatMap { slug in
            (specified.contains(slug) ? [] : ["\(slug): not in specification.md, section 11.3"])
                + (openAPI.contains("- \(slug)\n") ? [] : ["\(slug): not in openapi.yaml"])
        }
        #expect(findings.isEmpty, "\(list(findings))")
    }

    @Test func `The HTTP description knows the slugs of the specification, and no others`() throws {
        let specified = try specifiedSlugs()
        let openAPI = try SourceTree.file("protocol/openapi.yaml").text
        let enumeration = try #require(
            openAPI.firstMatch(
                of: /ProblemSlug:\n(?:(?!\n {4}\w).)*?enum:\n((?: +- [a-z-]+\n)+)/
                    .dotMatchesNewlines()))
        let described = enumeration.1.split(separator: "\n").map {
            $0.trimmingCharacters(in: CharacterSet(charactersIn: " -"))
        }
        #expect(specified.count > 20)
        #expect(Set(described) == specified)
        #expect(described.count == specified.count)
    }

    @Test func `No text of the HTTP description reads as a key, which is no YAML`() throws {
        let openAPI = try SourceTree.file("protocol/openapi.yaml")
        let keys = openAPI.lines.filter {
            $0.wholeMatch(of: #/ +(?:description|summary|detail): [^"'|>{\[].*: .*/#) != nil
        }
        #expect(keys.isEmpty, "\(list(keys.map { String($0) }))")
    }

    @Test func `Every section that the sources cite exists`() throws {
        let specification = try SourceTree.file("protocol/specification.md").text
        let sections = Set(
            specification.matches(of: /\n#{2,3} (\d+(?:\.\d+)?)\.?\s/).map { String($0.1) })
        let cited = /specification(?:\.md`?,)? section (\d+(?:\.\d+)?)/
        var findings: [String] = []
        for file in try SourceTree.swiftFiles(in: "Sources") {
            for match in file.text.matches(of: cited) where !sections.contains(String(match.1)) {
                findings.append("\(file.path): section \(match.1)")
            }
        }
        let messages = try SourceTree.file("protocol/baton.proto")
        for match in messages.text.matches(of: /section (\d+(?:\.\d+)?)/)
        where !sections.contains(String(match.1)) {
            findings.append("\(messages.path): section \(match.1)")
        }
        #expect(findings.isEmpty, "\(list(findings))")
    }

    @Test func `Links between the documents lead somewhere`() throws {
        var findings: [String] = []
        for path in [
            "README.md", "Sources/README.md", "protocol/README.md", "protocol/specification.md",
            "protocol/operations.md", "protocol/threat-model.md",
        ] {
            let folder = SourceTree.root.appending(path: path).deletingLastPathComponent()
            for match in try SourceTree.file(path).text.matches(of: /\]\(([^)#:]+)(?:#[^)]*)?\)/) {
                let target = folder.appending(path: String(match.1)).path(percentEncoded: false)
                if !FileManager.default.fileExists(atPath: target) {
                    findings.append("\(path): \(match.1)")
                }
            }
        }
        #expect(findings.isEmpty, "\(list(findings))")
    }

    /// The slugs in the table of section 11.3.
    private func specifiedSlugs() throws -> Set<String> {
        let text = try SourceTree.file("protocol/specification.md").text
        let section = try #require(
            text.firstMatch(of: /### 11\.3 .*?(?=\n### )/.dotMatchesNewlines()))
        return Set(
            section.0.matches(of: /\n\| `([a-z-]+)` \| \d{3} \|/).map { String($0.1) })
    }

    /// The raw values of the cases of all string enumerations whose name matches.
    private func rawValues(ofEnums isMeant: (String) -> Bool) throws -> [String] {
        try SourceTree.swiftFiles(in: "Sources").flatMap { file in
            var values: [String] = []
            var indentation: Int?
            for line in file.lines {
                let indented = line.prefix { $0 == " " }.count
                if let start = indentation {
                    if indented == start && line.dropFirst(start).hasPrefix("}") {
                        indentation = nil
                    } else {
                        values += Self.rawValues(ofCases: line)
                    }
                } else if let match = line.firstMatch(of: /\benum\s+(\w+)\s*:\s*String\b/),
                    isMeant(String(match.1))
                {
                    indentation = indented
                }
            }
            return values
        }
    }

    /// The raw values that a line of an enumeration declares: `case draining, notFound = "not-found"`.
    private static func rawValues(ofCases line: String) -> [String] {
        guard let cases = line.wholeMatch(of: /\s*case ([a-z`][^:(]*)/) else { return [] }
        return cases.1.split(separator: ",").map { declared in
            let parts = declared.split(separator: "=")
            return parts[parts.count - 1].trimmingCharacters(
                in: CharacterSet(charactersIn: " \"`"))
        }
    }
}
