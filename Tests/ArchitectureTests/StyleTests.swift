import Foundation
import Testing

/// The house style, as far as a machine can hold it.
@Suite struct StyleTests {
    private static let longestFile = 450

    @Test func `Nothing traps, nothing is left to do`() throws {
        // Put together here, so that this file does not find itself.
        let banned = ["try" + "!", "fatal" + "Error(", "TO" + "DO", "FIX" + "ME"]
        let findings = try allFiles().flatMap { file in
            file.lines.enumerated().flatMap { index, line in
                banned.filter(line.contains).map { "\(file.path):\(index + 1): \($0)" }
            }
        }
        #expect(findings.isEmpty, "\(list(findings))")
    }

    @Test func `A file can be read in one go`() throws {
        let findings = try allFiles().filter { $0.lines.count > Self.longestFile }
            .map { "\($0.path): \($0.lines.count) lines; at most \(Self.longestFile)" }
        #expect(findings.isEmpty, "\(list(findings))")
    }

    @Test func `Types are not named after nothing`() throws {
        let pattern =
            /\b(?:class|struct|enum|actor|protocol)\s+(\w+(?:Manager|Helper|Utils?|Common|Misc|Impl|Base))\b/
        let findings = try allFiles().flatMap { file in
            file.lines.enumerated().compactMap { index, line -> String? in
                guard line.contains("{"), let match = line.firstMatch(of: pattern) else {
                    return nil
                }
                return "\(file.path):\(index + 1): \(match.1)"
            }
        }
        #expect(findings.isEmpty, "\(list(findings))")
    }

    @Test func `An unchecked Sendable says why it holds`() throws {
        let findings = try allFiles().flatMap { file in
            let lines = file.lines
            return lines.indices.filter { index in
                let line = lines[index].trimmingCharacters(in: .whitespaces)
                guard line.contains("@unchecked" + " Sendable"), !line.hasPrefix("//") else {
                    return false
                }
                return !lines[max(0, index - 3)..<index].contains { $0.contains("//") }
            }.map { "\(file.path):\($0 + 1)" }
        }
        #expect(findings.isEmpty, "\(list(findings))")
    }

    @Test func `Every public declaration is documented`() throws {
        let files = try SourceTree.swiftFiles(in: "Sources")
        let conformances = Conformances(files)
        let findings = files.flatMap { file in
            let lines = file.lines
            let witnesses = conformances.witnesses(in: file)
            return PublicDeclarations.undocumented(in: lines, witnesses: witnesses).map {
                "\(file.path):\($0 + 1): " + lines[$0].trimmingCharacters(in: .whitespaces)
            }
        }
        #expect(findings.isEmpty, "\(list(findings))")
    }

    @Test func `The top level holds nothing but the house`() throws {
        let house: Set = [
            ".ci", ".git", ".gitignore", ".swift-format", "Package.swift", "README.md", "Sources",
            "Tests", "protocol", "tools",
        ]
        // What builds, runs and editors leave behind.
        let leftBehind: Set = ["Package.resolved", "data", ".swiftpm", ".vscode", ".DS_Store"]
        let findings = try SourceTree.names(in: "").filter {
            !house.contains($0) && !leftBehind.contains($0) && !$0.hasPrefix(".build")
                && !$0.hasPrefix(".index-build") && !$0.hasSuffix(".swp")
        }
        #expect(findings.isEmpty, "\(list(findings))")
    }

    private func allFiles() throws -> [SourceTree.File] {
        try SourceTree.swiftFiles(in: "Sources") + SourceTree.swiftFiles(in: "Tests")
    }
}
