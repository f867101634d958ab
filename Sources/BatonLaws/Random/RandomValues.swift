package import BatonCore

/// Values drawn from small pools, so that equal ones meet.
package enum RandomValues {
    /// One of all value types.
    package static func type(_ random: inout SplitMix64) -> ValueType {
        random.pick([
            .text(longest: 100), .integer(-5...9), .boolean, .anyMoney, .instant,
            .enumeration(["red", "blue"]), .reference(media: []),
        ])
    }

    /// The values of a type that occur.
    package static func pool(of type: ValueType) -> [Value] {
        switch type {
        // Two texts that Swift's own strings hold to be equal, two whose order by UTF-16 is not
        // that by code point, and what JSON escapes.
        case .text:
            return [
                "a", "b", "\u{E9}", "e\u{301}", "\u{FFFD}", "\u{10000}", "",
                "\"\\/\u{8}\u{1F}\n\u{7F}",
            ]
        case .integer: return [-2, 0, 7].map(Value.integer)
        case .boolean: return [.boolean(false), .boolean(true)]
        case .money:
            return [Money(900, "EUR"), Money(1_000, "EUR"), Money(1, "USD")].map(\.value)
        case .instant: return ["2026-01-31T12:00:00.000Z", "2026-01-31T12:00:00.001Z"]
        case .enumeration(let texts): return texts.map(Value.text)
        case .reference:
            return ["a", "b"].map { digit in
                .object([
                    "uri": .string("https://example.com/\(digit)"), "type": "image/png",
                    "digest": .string("sha256:" + String(repeating: digit, count: 64)),
                ])
            }
        }
    }

    /// A value of a type; at times one of another, which the merge takes all the same.
    package static func value(of type: ValueType, _ random: inout SplitMix64) -> Value {
        random.chance(92) ? random.pick(pool(of: type)) : random.pick(others)
    }

    private static let others: [Value] = [
        .list([]), .list([.integer(1), "a"]), .list([.integer(1)]), .object([:]),
        .object(["b": .integer(1), "a": .list([.boolean(true)])]),
        .object(["amount": .integer(1), "currency": "eur"]), "a", .integer(3), .boolean(true),
    ]

    /// A number for a count: small, and at times as large as can be.
    package static func number(_ random: inout SplitMix64) -> Int64 {
        if random.chance(95) { return Int64(random.below(9)) - 3 }
        let limit = Int64(largestExactInteger)
        return random.pick([limit, -limit, limit - 1])
    }

    /// The keys of maps.
    package static let keys: [ExactText] = [
        "k", "k", "k", "k", "k", "k", "k", "k", "k", "k", "k", "k", "\u{E9}", "e\u{301}",
        "\u{FFFD}", "\u{10000}", "a/~b\"",
    ]
}
