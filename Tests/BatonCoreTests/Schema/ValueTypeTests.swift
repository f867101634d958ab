import BatonCore
import Testing

struct ValueTypeTests {
    static let digest = "sha256:" + String(repeating: "0f", count: 32)

    static func reference(_ uri: String, _ type: String, _ digest: String) -> Value {
        .object(["uri": .string(uri), "type": .string(type), "digest": .string(digest)])
    }

    @Test(
        arguments: [
            (.text(longest: 2), .string("é"), .string("éa")),
            (.integer(0...9), .integer(9), .integer(10)),
            (.boolean, .boolean(false), .integer(0)),
            (.anyMoney, Money(-1, "EUR").value, .integer(1)),
            (
                .money(MoneyRange(currencies: ["EUR", "USD"])), Money(1, "USD").value,
                Money(1, "CHF").value
            ),
            (
                .money(MoneyRange(amounts: -5...5)), Money(-5, "JPY").value, Money(6, "EUR").value
            ),
            (.instant, .string("2026-01-31T12:00:00.000Z"), .string("2026-01-31")),
            (.enumeration(["a"]), .string("a"), .string("b")),
            (
                .reference(media: []), reference("https://a.example/b.jpg", "image/jpeg", digest),
                reference("https://a.example/b.jpg", "image/jpeg", "sha256:00")
            ),
            (
                .reference(media: []), reference("x", "a/b", digest),
                reference("x", "a/b", digest.uppercased())
            ),
            (
                .reference(media: ["image/*"]), reference("x", "image/png", digest),
                reference("x", "imagery/png", digest)
            ),
            (
                .reference(media: ["text/plain", "application/pdf"]),
                reference("x", "application/pdf", digest), reference("x", "text/html", digest)
            ),
        ] as [(ValueType, Value, Value)])
    func `A type takes its values and says why it takes no other`(
        type: ValueType, good: Value, bad: Value
    ) {
        #expect(type.objection(to: good) == nil)
        #expect(type.objection(to: bad)?.isEmpty == false)
        #expect(type.objection(to: .list([])) != nil)
    }
}
