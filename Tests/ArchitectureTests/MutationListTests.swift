import Foundation
import Testing

/// The list of `tools/mutate` fits the sources that it is to break.
@Suite struct MutationListTests {
    private struct Mutation: Decodable {
        let id: String
        let breaks: String
        let scope: String
        let file: String
        let find: String
        let replace: String
        let tests: String?
    }

    private func mutations() throws -> [Mutation] {
        let text = try SourceTree.file("tools/mutations.json").text
        return try JSONDecoder().decode([Mutation].self, from: Data(text.utf8))
    }

    @Test func `Each text to replace stands exactly once in its file`() throws {
        let findings = try mutations().compactMap { mutation -> String? in
            let text = try SourceTree.file(mutation.file).text
            let count = text.components(separatedBy: mutation.find).count - 1
            return count == 1 ? nil : "\(mutation.id): \(count) times in \(mutation.file)"
        }
        #expect(findings.isEmpty, "\(list(findings))")
    }

    @Test func `Each mutation has a name of its own and changes something`() throws {
        let mutations = try mutations()
        #expect(mutations.count >= 20)
        #expect(Set(mutations.map(\.id)).count == mutations.count)
        let findings = mutations.filter {
            $0.find == $0.replace || $0.breaks.isEmpty || !["core", "package"].contains($0.scope)
                || ($0.scope == "core") != $0.file.hasPrefix("Sources/BatonCore/")
        }
        #expect(findings.isEmpty, "\(list(findings.map(\.id)))")
    }

    @Test func `Each filter names test targets that there are`() throws {
        let targets = Set(try SourceTree.names(in: "Tests"))
        let named = try mutations().compactMap(\.tests).flatMap { $0.split(separator: "|") }
        let findings = named.map(String.init).filter { !targets.contains($0) }
        #expect(findings.isEmpty, "\(list(findings))")
    }
}
