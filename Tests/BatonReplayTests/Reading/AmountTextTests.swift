import BatonCore
import Testing

@testable import BatonReplay

@Suite struct AmountTextTests {
    @Test(arguments: [
        ("13.2", "EUR", 1320), ("0.06", "EUR", 6), ("99.9", "BRL", 9990), ("15", "EUR", 1500),
        ("1234567.89", "EUR", 123_456_789), ("-79.37", "XXX", -7937), ("500", "JPY", 500),
        ("1.5", "KWD", 1500), ("0", "EUR", 0),
    ])
    func `Amounts are read exactly, in the currency's smallest coin`(
        text: String, currency: String, amount: Int64
    ) throws {
        let read = try AmountText(text, currency)
        #expect(read.money == Money(amount, currency))
        #expect(!read.isRounded)
    }

    @Test func `Parts of the smallest coin are rounded and said to be`() throws {
        #expect(try AmountText("0.125", "EUR").money.amount == 13)
        #expect(try AmountText("-0.125", "EUR").money.amount == -13)
        #expect(try AmountText("0.124", "EUR").isRounded)
        #expect(try !AmountText("0.1200", "EUR").isRounded)
    }

    @Test(arguments: ["", "-", "1.", ".5", "1,5", "1e3", "NaN", "+1", "1234567890123"])
    func `What is no amount is said to be none`(text: String) {
        let defect = #expect(throws: RowDefect.self) { try AmountText(text, "EUR") }
        #expect(defect?.reason == .badNumber)
    }
}
