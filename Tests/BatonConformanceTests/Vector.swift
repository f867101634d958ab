import BatonCore
import Foundation
import Testing

@testable import BatonConformance

/// One case of `protocol/vectors/`.
struct Vector: CustomTestStringConvertible {
    /// Where a file lacks what it must say.
    struct Unreadable: Error {
        let reason: String
    }

    let id: String
    let kind: String
    let section: String
    /// The case as a runner reads it: without what is expected.
    let given: [ExactText: Value]
    let expected: Value

    var testDescription: String { id }

    init(_ content: Value) throws {
        guard case .object(var members) = content, let id = content["id"]?.string,
            let kind = content["kind"]?.string, let section = content["section"]?.string,
            let expected = members.removeValue(forKey: "expect")
        else { throw Unreadable(reason: "a case lacks id, kind, section or expect") }
        self.id = id
        self.kind = kind
        self.section = section
        given = members
        self.expected = expected
    }

    /// The case as a runner reads it, with some members in place of its own.
    func line(_ others: [ExactText: Value] = [:]) -> [UInt8] {
        Array(Value.object(given.merging(others) { $1 }).canonicalJSON.utf8)
    }

    /// All cases of all files; where they cannot be read, one of the kind `unreadable`.
    static let all: [Vector] = {
        do {
            return try read()
        } catch {
            let shown = Value.object([
                "id": .string("\(error)"), "kind": "unreadable", "section": "", "expect": .null,
            ])
            return [try? Vector(shown)].compactMap { $0 }
        }
    }()

    static func of(_ kind: String) -> [Vector] { all.filter { $0.kind == kind } }

    private static func read() throws -> [Vector] {
        let folder = protocolFolder.appending(path: "vectors")
        return try FileManager.default
            .contentsOfDirectory(atPath: folder.path(percentEncoded: false))
            .filter { $0.hasSuffix(".json") }.sorted()
            .flatMap { name in
                let bytes = try Data(contentsOf: folder.appending(path: name))
                guard case .list(let cases)? = try JSONValue.read(Array(bytes))["cases"] else {
                    throw Unreadable(reason: "\(name) has no cases")
                }
                return try cases.map { try Vector($0) }
            }
    }

    /// `protocol/`, found from this source file.
    static let protocolFolder = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "protocol")
}
