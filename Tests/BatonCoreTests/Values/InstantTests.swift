import BatonCore
import Testing

struct InstantTests {
    @Test(
        arguments: [
            ("1970-01-01T00:00:00.000Z", 0), ("2000-02-29T12:34:56.789Z", 951_827_696_789),
            ("1969-12-31T23:59:59.999Z", -1), ("0000-01-01T00:00:00.000Z", -62_167_219_200_000),
            ("9999-12-31T23:59:59.999Z", 253_402_300_799_999),
            ("2100-02-28T00:00:00.000Z", 4_107_456_000_000),
        ] as [(String, Int64)]) func `An instant reads and writes the same`(
            text: String, time: Int64
        )
    {
        #expect(InstantFormat.milliseconds(of: text) == time)
        #expect(InstantFormat.text(milliseconds: time) == text)
    }

    @Test(arguments: [
        "", "2026-01-31", "2026-01-31T12:00:00Z", "2026-01-31T12:00:00.000+00:00",
        "2026-01-31t12:00:00.000Z", "2026-02-29T12:00:00.000Z", "2100-02-29T12:00:00.000Z",
        "2026-13-01T12:00:00.000Z", "2026-00-01T12:00:00.000Z", "2026-01-00T12:00:00.000Z",
        "2026-01-31T24:00:00.000Z", "2026-01-31T12:60:00.000Z", "2026-01-31T12:00:60.000Z",
        "+026-01-31T12:00:00.000Z",
    ]) func `Any other form is refused`(text: String) {
        #expect(!InstantFormat.isValid(text))
    }

    @Test func `Every day of four centuries is found again`() {
        for day in stride(from: Int64(-100_000), to: 100_000, by: 37) {
            let time = day * 86_400_000 + 1
            #expect(InstantFormat.milliseconds(of: InstantFormat.text(milliseconds: time)) == time)
        }
    }

    @Test func `Times beyond the calendar are held to its ends`() {
        #expect(InstantFormat.text(milliseconds: .max) == "9999-12-31T23:59:59.999Z")
        #expect(InstantFormat.text(milliseconds: .min) == "0000-01-01T00:00:00.000Z")
    }
}
