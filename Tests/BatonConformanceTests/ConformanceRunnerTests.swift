import BatonCore
import Foundation
import Testing

@testable import BatonConformance

/// Lines that are no case are answered with what is wrong with them, and stop nothing.
struct ConformanceRunnerTests {
    @Test(arguments: [
        ("", "not a JSON document"), ("{", "not a JSON document"), ("[1.5]", "not a JSON document"),
        ("[]", "id is missing"), ("{\"id\":7}", "/id: a text is expected"),
        ("{\"id\":\"a\"}", "kind is missing"),
        ("{\"id\":\"a\",\"kind\":\"b\"}", "/kind: not a kind"),
        ("{\"id\":\"a\",\"kind\":\"state\",\"schemas\":[\"x\"],\"batches\":[]}", "/schemas/0"),
        (
            "{\"id\":\"a\",\"kind\":\"clock\",\"steps\":[{\"observe\":[1,-1],\"wall\":0}]}",
            "/steps/0/observe/1: a tick has 32 bits"
        ),
        (
            "{\"id\":\"a\",\"kind\":\"form\",\"text\":[[\"xxxxxxxx\",9007199254740991]]}",
            "/text: a text of more than"
        ),
        (
            "{\"id\":\"a\",\"kind\":\"push-bytes\",\"schemas\":[],\"bytes\":\"0g\"}",
            "/bytes: lowercase hexadecimal digits"
        ),
        ("{\"id\":\"a\",\"kind\":\"log\",\"schemas\":[],\"steps\":[{}]}", "/steps/0: a step is"),
    ])
    func `What is wrong with a line is answered`(line: String, why: String) async throws {
        let answer = try await answer(to: Array(line.utf8))
        #expect(answer["answer"] == nil)
        #expect(answer["error"]?.string?.contains(why) == true, "\(answer.canonicalJSON)")
    }

    @Test func `Bytes that are no text, and lines beyond the limit, are answered too`() async throws
    {
        #expect(try await answer(to: [0xFF, 0xFE])["error"] != nil)
        let long = [UInt8](repeating: UInt8(ascii: " "), count: ConformanceRunner.longestLine + 1)
        let answered = try await answer(to: long)
        let overlong = try JSONValue.read(ConformanceRunner().answerToOverlongLine())
        #expect(answered["error"] != nil && answered["error"] == overlong["error"])
    }

    @Test(arguments: 1...200) func `A damaged case is answered, and never stops the runner`(
        seed: UInt64
    ) async throws {
        var dice = Dice(state: seed)
        let vector = Vector.all[dice.below(Vector.all.count)]
        var line = vector.line()
        for _ in 0...dice.below(4) {
            switch dice.below(3) {
            case 0: line[dice.below(line.count)] = UInt8(dice.below(256))
            case 1: line.remove(at: dice.below(line.count))
            default:
                // Another number in place of a digit: most often still JSON.
                if let digit = line.indices.filter({ (48...57).contains(line[$0]) }).randomElement(
                    using: &dice)
                {
                    line[digit] = UInt8(48 + dice.below(10))
                }
            }
        }
        let answer = try await answer(to: line)
        #expect((answer["answer"] == nil) != (answer["error"] == nil))
    }

    private func answer(to line: [UInt8]) async throws -> Value {
        try JSONValue.read(await ConformanceRunner().answer(to: line))
    }

    /// Random numbers under a seed (SplitMix64).
    private struct Dice: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }

        mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &self) }
    }
}
