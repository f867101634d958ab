import BatonCore
import Testing

struct DotTests {
    @Test func `A dot reads back from its text`() {
        let dot = Dot(ReplicaID(high: 1, low: 2), Counter(rawValue: 3))
        #expect(dot.description == "00000000000000010000000000000002:3")
        #expect(Dot(dot.description) == dot)
    }

    @Test(arguments: ["", ":", "0", "+3", "03", " 3", "3 ", "-1", "9007199254740992", "3:4"])
    func `A dot has one text only`(counter: String) {
        #expect(
            Dot("00000000000000010000000000000002:\(counter)" as String) == nil)
    }

    @Test func `Dots order by replica, then by counter as a number`() {
        let texts = [
            "00000000000000000000000000000001:9", "00000000000000000000000000000001:10",
            "0000000000000000000000000000000a:1", "80000000000000000000000000000000:1",
        ]
        #expect(texts.compactMap { Dot($0) }.shuffled().sorted().map(\.description) == texts)
    }
}
