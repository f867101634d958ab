import BatonCore
import BatonWire

/// Answers conformance cases with what this implementation makes of them
/// (`protocol/vectors/README.md` describes the exchange).
///
/// A case comes without what is expected of it, as one JSON document; the answer is compared by
/// whoever asks. A case that cannot be run is answered too, with what is wrong with it.
public struct ConformanceRunner: Sendable {
    /// A runner; it keeps nothing from one case to the next.
    public init() {}

    /// The longest line that is read: many times the longest case.
    public static let longestLine = 4 << 20

    /// The kinds of case that are known, in ascending order.
    public static var kinds: [String] { CaseKind.allCases.map(\.rawValue).sorted() }

    /// The answer to a case, as one JSON document without a line break:
    /// `{"answer": …, "id": …}`, or `{"error": …, "id": …}` where it cannot be run.
    public func answer(to line: [UInt8]) async -> [UInt8] {
        var id = Value.null
        do {
            let given = Given(try Self.document(line))
            id = try Value.string(given.member("id").text())
            let kind = try given.member("kind")
            guard let known = CaseKind(rawValue: try kind.text()) else {
                let kinds = Self.kinds.joined(separator: ", ")
                throw kind.failure("not a kind that is known here: \(kinds)")
            }
            return Self.line(["id": id, "answer": try await known.answer(to: given)])
        } catch {
            return Self.line(["id": id, "error": .string("\(error)")])
        }
    }

    /// The answer to a line that is longer than ``longestLine`` and so was not read.
    public func answerToOverlongLine() -> [UInt8] {
        let why = "a line of more than \(Self.longestLine) bytes"
        return Self.line(["id": .null, "error": .string(why)])
    }

    private static func document(_ line: [UInt8]) throws(UnreadableCase) -> Value {
        guard line.count <= longestLine else {
            throw UnreadableCase("a line of more than \(longestLine) bytes")
        }
        do {
            return try JSONValue.read(line)
        } catch {
            throw UnreadableCase("not a JSON document of whole numbers: \(error.message)")
        }
    }

    private static func line(_ members: [ExactText: Value]) -> [UInt8] {
        Value.object(members).canonicalBytes
    }
}
