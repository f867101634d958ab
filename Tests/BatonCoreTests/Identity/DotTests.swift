import Testing

@testable import BatonCore

@Test func `A dot reads back from its text`() {
    let dot = Dot(ReplicaID(high: 1, low: 2), Counter(rawValue: 3))
    #expect(Dot(dot.description) == dot)
}
