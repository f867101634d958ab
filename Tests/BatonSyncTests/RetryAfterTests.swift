import Testing

@testable import BatonSync

@Suite struct RetryAfterTests {
    private let now = "Sun, 06 Nov 1994 08:49:37 GMT"

    @Test func `A number of seconds is waited, an hour at most`() {
        #expect(RetryAfter.pause("7", date: nil) == .seconds(7))
        #expect(RetryAfter.pause("0", date: nil) == .seconds(0))
        #expect(RetryAfter.pause("86400", date: nil) == .seconds(3_600))
    }

    @Test func `A date is measured from the server's own clock`() {
        #expect(RetryAfter.pause("Sun, 06 Nov 1994 08:50:07 GMT", date: now) == .seconds(30))
        #expect(RetryAfter.pause("Mon, 07 Nov 1994 08:50:07 GMT", date: now) == .seconds(3_600))
        #expect(RetryAfter.pause("Sun, 06 Nov 1994 08:00:00 GMT", date: now) == .seconds(0))
    }

    @Test(arguments: ["", "-1", "soon", "Sun, 06 Nov 1994", "Sun, 46 Nov 1994 08:49:37 GMT"])
    func `What cannot be read asks for nothing`(_ field: String) {
        #expect(RetryAfter.pause(field, date: now) == nil)
        #expect(RetryAfter.pause(now, date: field) == nil)
    }

    @Test(arguments: [
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0), ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777),
        ("Thu, 29 Feb 2024 23:59:59 GMT", 1_709_251_199),
        ("Fri, 01 Mar 2024 00:00:00 GMT", 1_709_251_200),
    ])
    func `Dates are those of the calendar`(_ text: String, _ seconds: Int64) {
        #expect(HTTPDate.seconds(text) == seconds)
    }
}
