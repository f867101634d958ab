import BatonCore
import BatonLaws
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

    @Test func `Order and equality are those of the code units, whatever the texts`() {
        var dice = SplitMix64(seed: 7)
        // The ends of what one, two, three and four bytes of UTF-8 hold, and of what UTF-16 does.
        let scalars: [UInt32] = [
            0x0, 0x41, 0x7F, 0x80, 0x7FF, 0x800, 0xD7FF, 0xE000, 0xEFFF, 0xF000, 0xFFFF, 0x10000,
            0x10FFFF,
        ]
        func text() -> ExactText {
            var string = String(repeating: "a", count: Int(dice.next() % 18))
            for _ in 0..<dice.next() % 3 {
                let scalar = scalars[Int(dice.next() % UInt64(scalars.count))]
                Unicode.Scalar(scalar).map { string.unicodeScalars.append($0) }
            }
            return ExactText(string)
        }
        for _ in 0..<20_000 {
            let (left, right) = (text(), text())
            #expect(
                (left < right)
                    == left.string.utf16.lexicographicallyPrecedes(right.string.utf16))
            #expect((left == right) == left.string.utf8.elementsEqual(right.string.utf8))
        }
    }

    @Test func `Bytes are a text only where they are UTF-8`() {
        func text(_ bytes: [UInt8]) -> String? {
            bytes.withUnsafeBufferPointer { ExactText(utf8: $0)?.string }
        }
        #expect(text([]) == "")
        #expect(text(Array("Tee".utf8)) == "Tee")
        #expect(text(Array("Grüntee 🍵".utf8)) == "Grüntee 🍵")
        #expect(text([0x54, 0xC3]) == nil)
        #expect(text([0xED, 0xA0, 0x80]) == nil)
    }
}
