import BatonCore
import BatonLaws
import Testing

struct ValueTests {
    /// In ascending order; by canonical text alone, some money would go round in a circle.
    static let ascending: [Value] = [
        .null, .boolean(false), .boolean(true), .integer(-5), .integer(7), .string(""),
        .string("a"), .string("e\u{301}"), .string("\u{E9}"), .list([]), .list([.integer(1)]),
        .list([.integer(1), .integer(0)]), .list([.integer(2)]), Money(-1, "CHF").value,
        Money(5, "CHF").value, Money(50, "CHF").value, Money(9, "EUR").value,
        Money(10, "EUR").value,
        .object(["amount": .integer(10), "currency": .string("eur")]), .object(["b": .integer(1)]),
        .object(["e\u{301}": .null]), .object(["\u{E9}": .null]), .object([:]),
    ]

    @Test func `Any two values are in one order, and any three in no circle`() {
        for (index, left) in Self.ascending.enumerated() {
            for (other, right) in Self.ascending.enumerated() {
                #expect((left < right) == (index < other), "\(left) \(right)")
                #expect((left == right) == (index == other))
            }
        }
    }

    @Test(arguments: 1...20) func `Sorting does not depend on the order before`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        #expect(Self.ascending.shuffled(using: &random).sorted() == Self.ascending)
    }

    @Test func `Money is an amount and a currency and nothing else`() {
        #expect(Money(Money(1_999, "EUR").value) == Money(1_999, "EUR"))
        #expect(Money(.object(["amount": .integer(1)])) == nil)
        #expect(Money(.object(["amount": .integer(1), "currency": .string("Eur")])) == nil)
        #expect(Money(.object(["amount": .string("1"), "currency": .string("EUR")])) == nil)
        #expect(
            Money(.object(["amount": .integer(1), "currency": .string("EUR"), "x": .null])) == nil)
    }

    @Test func `Canonical JSON sorts keys by UTF-16 and escapes no more than it must`() {
        let value = Value.object([
            "\u{20AC}": .string("Euro"), "\r": .string("Return"), "\u{FB33}": .string("Dalet"),
            "1": .string("One"), "\u{1F600}": .string("Smile"), "\u{80}": .string("Control"),
            "\u{F6}": .string("o"),
        ])
        // The example of RFC 8785, section 3.2.3.
        #expect(
            value.canonicalJSON
                == "{\"\\r\":\"Return\",\"1\":\"One\",\"\u{80}\":\"Control\",\"\u{F6}\":\"o\","
                + "\"\u{20AC}\":\"Euro\",\"\u{1F600}\":\"Smile\",\"\u{FB33}\":\"Dalet\"}")
        #expect(
            Value.string("\u{0}\u{8}\t\n\u{B}\u{C}\r\u{1F}\"\\/\u{7F}\u{2028}").canonicalJSON
                == "\"\\u0000\\b\\t\\n\\u000b\\f\\r\\u001f\\\"\\\\/\u{7F}\u{2028}\"")
        #expect(
            Value.list([
                .null, .boolean(true), .integer(-9_007_199_254_740_991), .list([]), .object([:]),
            ])
            .canonicalJSON == "[null,true,-9007199254740991,[],{}]")
    }
}
