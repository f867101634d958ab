import Foundation

/// The repository as it lies on disk, read through the place of this file.
enum SourceTree {
    /// The top of the repository.
    static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// One text file, and how messages name it.
    struct File {
        let path: String
        let text: String
        var lines: [String] {
            text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        }
    }

    /// A file by its path below the root.
    static func file(_ path: String) throws -> File {
        File(path: path, text: try String(contentsOf: root.appending(path: path), encoding: .utf8))
    }

    /// The names directly in a folder, in ascending order.
    static func names(in folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(
            atPath: root.appending(path: folder).path(percentEncoded: false)
        ).sorted()
    }

    /// All Swift files below a folder that people wrote, by path.
    static func swiftFiles(in folder: String) throws -> [File] {
        let below = FileManager.default.subpaths(
            atPath: root.appending(path: folder).path(percentEncoded: false))
        return try (below ?? []).sorted()
            .filter { $0.hasSuffix(".swift") && !$0.split(separator: "/").contains("Generated") }
            .map { try file("\(folder)/\($0)") }
    }
}

/// Findings one to a line, so that a failure says what is wrong and where.
func list(_ findings: [String]) -> String { "\n  " + findings.joined(separator: "\n  ") }
