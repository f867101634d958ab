import Foundation
import Testing

/// Finds public declarations without a doc comment, by their looks: no parser, so no certainty, but
/// what it finds is real.
enum PublicDeclarations {
    /// The indices of lines that declare something public and are not documented.
    static func undocumented(in lines: [String]) -> [Int] {
        lines.indices.filter { declares(lines[$0]) && !isDocumented($0, in: lines) }
    }

    private static func declares(_ line: String) -> Bool {
        let declaration =
            /^\s*(?:@\w+(?:\([^)]*\))?\s+)*(?:public|open)\s+(?:\w+(?:\(set\))?\s+)*?(?:func|var|let|struct|class|enum|actor|protocol|init\b|subscript|typealias)/
        return line.firstMatch(of: declaration) != nil && !isWitness(line)
    }

    /// Whether it is a requirement of a protocol that everybody knows, documented there.
    private static func isWitness(_ line: String) -> Bool {
        let witness =
            /func\s+(?:[=<>!+\-*\/]+|hash|encode|makeAsyncIterator|makeIterator|next|run)\b|func\s+[=<>]+\s*\(|var\s+(?:description|debugDescription|errorDescription)\b|init\((?:from|stringLiteral|integerLiteral|arrayLiteral)\b/
        return line.firstMatch(of: witness) != nil
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
}
