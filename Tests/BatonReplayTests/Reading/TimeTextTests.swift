import Testing

@testable import BatonReplay

@Suite struct TimeTextTests {
    @Test(arguments: [
        "2022-10-25 07:49:55.195000+00:00", "2022-10-25 07:49:55.195", "2022-10-25T07:49:55.195Z",
        "2022-10-25 07:49:55.1959 UTC",
    ])
    func `All forms of one time are the same instant`(text: String) throws {
        #expect(try TimeText.milliseconds(text) == 1_666_684_195_195)
    }

    @Test func `A time without a fraction is a whole second`() throws {
        #expect(try TimeText.milliseconds("1970-01-01 00:00:01 UTC") == 1_000)
        #expect(try TimeText.milliseconds("2022-10-25 07:56:51+00:00") == 1_666_684_611_000)
    }

    @Test(arguments: [
        "", "yesterday", "2022-02-30 00:00:00", "2022-10-25 25:00:00", "2022-10-25",
        "2022-10-25 07:49:55.", "2022-10-25 07:49:55.x", "2022-10-25 07:49:55+02:00",
    ])
    func `What is no time is said to be none`(text: String) {
        let defect = #expect(throws: RowDefect.self) { try TimeText.milliseconds(text) }
        #expect(defect?.reason == .badTime)
    }
}
