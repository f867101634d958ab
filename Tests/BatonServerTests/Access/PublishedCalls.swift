import Foundation

/// The calls that `protocol/openapi.yaml` publishes: a call that is added there is in every table here.
struct PublishedCall: Hashable, Sendable, CustomStringConvertible {
    /// Its name in the document.
    let id: String
    let method: String
    let path: String
    /// Whether it answers without a token.
    let isOpen: Bool

    var description: String { id }

    static let all: [PublishedCall] = {
        let root = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let document = try? String(
            contentsOf: root.appending(path: "protocol/openapi.yaml"), encoding: .utf8)
        return read(document ?? "")
    }()

    /// Reads the part below `paths`, by its indentation.
    private static func read(_ document: String) -> [PublishedCall] {
        var calls: [PublishedCall] = []
        var (path, method, id) = ("", "", "")
        var isOpen = false
        func end() {
            guard !id.isEmpty else { return }
            calls.append(PublishedCall(id: id, method: method, path: path, isOpen: isOpen))
            id = ""
            isOpen = false
        }
        for line in document.split(separator: "\n") {
            if line.hasPrefix("  /") {
                end()
                path = line.trimmingCharacters(in: [" ", ":"])
            } else if line.hasPrefix("    "), !line.hasPrefix("     "), line.hasSuffix(":") {
                end()
                method = line.trimmingCharacters(in: [" ", ":"]).uppercased()
            } else if line.hasPrefix("      operationId: ") {
                id = String(line.dropFirst("      operationId: ".count))
            } else if line.hasPrefix("      security:") {
                isOpen = true
            } else if line.hasPrefix("components:") {
                end()
            }
        }
        return calls
    }
}
