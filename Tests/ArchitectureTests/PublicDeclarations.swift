import Foundation
import Testing

/// Finds public declarations without a doc comment, by their looks: no parser, so no certainty, but
/// what it finds is real.
enum PublicDeclarations {
    /// The indices of lines that declare something public and are not documented. What satisfies a
    /// requirement in `witnesses` is documented there.
    static func undocumented(in lines: [String], witnesses: Set<String> = []) -> [Int] {
        lines.indices.filter {
            declares(lines[$0], besides: witnesses) && !isDocumented($0, in: lines)
        }
    }

    private static func declares(_ line: String, besides witnesses: Set<String>) -> Bool {
        guard line.contains("public ") || line.contains("open ") else { return false }
        let declaration =
            /^\s*(?:@\w+(?:\([^)]*\))?\s+)*(?:public|open)\s+(?:\w+(?:\(set\))?\s+)*?(?:func|var|let|struct|class|enum|actor|protocol|init\b|subscript|typealias)/
        guard line.firstMatch(of: declaration) != nil, !isFamiliar(line) else { return false }
        return !witnesses.contains(name(declaredIn: line) ?? "")
    }

    /// Whether it is a requirement of a protocol that everybody knows.
    private static func isFamiliar(_ line: String) -> Bool {
        let requirement =
            /func\s+(?:hash|encode|makeAsyncIterator|makeIterator|next|run)\b|func\s+[=<>]+\s*\(|var\s+(?:description|debugDescription|errorDescription)\b|init\((?:from|stringLiteral|integerLiteral|arrayLiteral)\b/
        return line.firstMatch(of: requirement) != nil
    }

    private static func name(declaredIn line: String) -> String? {
        line.firstMatch(of: /\b(?:func|var|let)\s+(\w+)/).map { String($0.1) }
    }

    private static func isDocumented(_ index: Int, in lines: [String]) -> Bool {
        var above = index - 1
        while above >= 0 {
            let line = lines[above].trimmingCharacters(in: .whitespaces)
            if line.hasPrefix("///") { return true }
            // Attributes and conditions stand between a declaration and its comment, and one
            // comment may speak for properties that follow each other.
            let isPassedOver =
                line.hasPrefix("@") || line.hasPrefix("#if") || isProperty(line)
            guard isPassedOver else { return false }
            above -= 1
        }
        return false
    }

    private static func isProperty(_ line: String) -> Bool {
        line.firstMatch(of: /^public\s+(?:private\(set\)\s+)?(?:let|var)\s[^{]*$/) != nil
    }
}

/// The requirements of the protocols in some files, and which types there meet them.
struct Conformances {
    private var requirements: [String: Set<String>] = [:]
    private var protocols: [String: Set<String>] = [:]

    init(_ files: [SourceTree.File]) {
        for file in files {
            for match in file.text.matches(
                of: /\bprotocol (\w+)[^{]*\{\n(.*?)\n\}/.dotMatchesNewlines())
            {
                requirements[String(match.1)] = Set(
                    match.2.matches(of: /\b(?:func|var) (\w+)/).map { String($0.1) })
            }
        }
        for file in files {
            for (type, inherited) in Self.declarations(in: file) {
                protocols[type, default: []].formUnion(requirements.keys.filter(inherited.contains))
            }
        }
    }

    /// The names in `file` that may be there for a protocol's sake.
    func witnesses(in file: SourceTree.File) -> Set<String> {
        var names: Set<String> = []
        for (type, _) in Self.declarations(in: file) {
            for conformance in protocols[type] ?? [] {
                names.formUnion(requirements[conformance] ?? [])
            }
        }
        return names
    }

    /// The types that a file declares or extends, with the names after their colons.
    private static func declarations(in file: SourceTree.File) -> [(String, Set<String>)] {
        let declaration = /\b(?:class|struct|enum|actor|extension) (\w+)\s*(?::([^{]*))?\{/
        return file.text.matches(of: declaration).map { match in
            (String(match.1), Set((match.2 ?? "").matches(of: /\w+/).map { String($0.0) }))
        }
    }
}

@Suite struct PublicDeclarationsTests {
    @Test(arguments: [
        "public struct Cart {}", "    public init(_ text: String) {", "public static func all() {",
        "    @discardableResult public mutating func add() -> Int {",
        "public private(set) var a: Int",
        "public final class Outbox: Sendable {",
    ])
    func `An undocumented declaration is found`(line: String) {
        #expect(PublicDeclarations.undocumented(in: ["", line]) == [1])
    }

    @Test(arguments: [
        ["/// Why.", "public struct Cart {}"],
        ["/// Why.", "@discardableResult", "public func add() -> Int {"],
        ["/// Both.", "public let entity: EntityID", "public let path: FieldPath"],
        ["", "public static func < (left: Dot, right: Dot) -> Bool {"],
        ["", "public func hash(into hasher: inout Hasher) {"],
        ["", "public var description: String { text }"],
        ["", "public import BatonCore"], ["", "public extension Cart {"],
        ["", "func internal() {"],
    ])
    func `What is documented or needs no comment is passed`(lines: [String]) {
        #expect(PublicDeclarations.undocumented(in: lines).isEmpty)
    }

    @Test func `What a protocol of ours asks for is documented there`() {
        let files = [
            SourceTree.File(
                path: "Log.swift",
                text: "public protocol Log: Sendable {\n    /// Why.\n    func append()\n}\n"),
            SourceTree.File(path: "Disk.swift", text: "public actor Disk: Log {\n}\n"),
            SourceTree.File(
                path: "Disk+Append.swift",
                text: "extension Disk {\n    public func append() {\n    public func more() {\n}\n"),
        ]
        let witnesses = Conformances(files).witnesses(in: files[2])
        #expect(witnesses == ["append"])
        #expect(PublicDeclarations.undocumented(in: files[2].lines, witnesses: witnesses) == [2])
    }
}
