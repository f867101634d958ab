import BatonCore
import Foundation
import Testing

@testable import BatonConformance

/// The conformance vectors, held against this implementation through the same runner that
/// `baton conformance` is; `tools/check-vectors` holds them against another.
struct VectorTests {
    @Test func `Every case can be read, has an id of its own and a kind that is run`() {
        #expect(Vector.all.count >= 190)
        #expect(Set(Vector.all.map(\.id)).count == Vector.all.count)
        #expect(Set(Vector.all.map(\.kind)).sorted() == ConformanceRunner.kinds)
    }

    @Test func `Every case names a section of the specification`() throws {
        let text = try String(
            contentsOf: Vector.protocolFolder.appending(path: "specification.md"),
            encoding: .utf8)
        for vector in Vector.all {
            let isSection =
                text.contains("### \(vector.section) ") || text.contains("## \(vector.section). ")
            #expect(isSection, "\(vector.id)")
        }
    }

    @Test(arguments: Vector.all) func `A case is answered as expected`(vector: Vector) async throws
    {
        let answer = try await answer(to: vector.line())
        #expect(answer["error"] == nil)
        #expect(answer["answer"]?.canonicalJSON == vector.expected.canonicalJSON)
    }

    @Test(arguments: Vector.of("state"))
    func `Every cut into snapshot and tail gives the same state`(vector: Vector) async throws {
        let given = Given(.object(vector.given))
        let cuts = Set(try given.allEntries().map(\.offset.rawValue))
        for cut in cuts.sorted() {
            let line = vector.line(["kind": "compaction", "cut": .integer(Int64(cut))])
            guard case .object(var members)? = try await answer(to: line)["answer"] else {
                Issue.record("no answer at cut \(cut)")
                continue
            }
            members["snapshotHash"] = nil
            #expect(
                Value.object(members).canonicalJSON == vector.expected.canonicalJSON, "cut \(cut)")
        }
    }

    private func answer(to line: [UInt8]) async throws -> Value {
        try JSONValue.read(await ConformanceRunner().answer(to: line))
    }
}
