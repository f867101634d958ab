import BatonCore
import Testing

@testable import BatonSync

@Suite struct BackoffTests {
    private let backoff = Backoff(first: .seconds(1), longest: .seconds(60))

    @Test func `A pause lies between nothing and its ceiling`() {
        #expect(backoff.pause(failures: 3, asked: nil, random: 0) == .zero)
        #expect(backoff.pause(failures: 3, asked: nil, random: .max) > .seconds(3))
        #expect(backoff.pause(failures: 3, asked: nil, random: .max) < .seconds(4))
    }

    @Test func `The ceiling is capped before the jitter`() {
        #expect(backoff.pause(failures: 5_000, asked: nil, random: 1 << 63) == .seconds(30))
    }

    @Test func `What the server asks for is waited at least`() {
        #expect(backoff.pause(failures: 1, asked: .seconds(90), random: 0) == .seconds(90))
        #expect(backoff.pause(failures: 9, asked: .seconds(90), random: .max) < .seconds(91))
    }
}
