import BatonCore
import BatonLaws
import Testing

struct ReplicaIDTests {
    @Test func `A replica id is 32 lowercase hexadecimal digits and back`() {
        let text = "0123456789abcdeffedcba9876543210"
        #expect(
            ReplicaID(text) == ReplicaID(high: 0x0123_4567_89AB_CDEF, low: 0xFEDC_BA98_7654_3210))
        #expect(ReplicaID(text)?.description == text)
    }

    @Test(arguments: [
        "", "0123456789abcdeffedcba987654321", "0123456789abcdeffedcba98765432100",
        "0123456789ABCDEFFEDCBA9876543210", "0123456789abcdeffedcba987654321g",
        "00000000000000000000000000000000", "０123456789abcdeffedcba987654321",
    ]) func `Anything else is no replica id`(text: String) {
        #expect(ReplicaID(text) == nil)
    }

    @Test func `Ids order as their texts do`() {
        var random = SplitMix64(seed: 1)
        let ids = (0..<50).map { _ in ReplicaID(high: random.next(), low: random.next()) }
        #expect(ids.sorted().map(\.description) == ids.map(\.description).sorted())
    }
}
