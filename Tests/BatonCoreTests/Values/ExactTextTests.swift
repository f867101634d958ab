import BatonCore
import Testing

struct ExactTextTests {
    @Test func `Texts that only look alike differ`() {
        let composed = ExactText("\u{E9}")
        let decomposed = ExactText("e\u{301}")
        #expect(composed.string == decomposed.string)
        #expect(composed != decomposed)
        #expect(Set([composed, decomposed]).count == 2)
        #expect(decomposed < composed)
    }

    @Test func `Texts order by UTF-16 code units`() {
        // By code point, U+FB33 would come before U+1F600.
        let sorted: [ExactText] = [
            "", "\r", "1", "A", "a", "\u{80}", "\u{F6}", "\u{20AC}", "\u{1F600}", "\u{FB33}",
        ]
        #expect(sorted.reversed().sorted() == sorted)
    }
}
