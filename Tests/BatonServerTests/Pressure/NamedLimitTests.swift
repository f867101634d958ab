import BatonCore
import Foundation
import Testing

@testable import BatonServer

@Suite struct `Limits by name` {
    /// Properties whose parts bear names of their own.
    private static let inParts: Set = ["guessesPerCaller", "guessesOfAll"]

    @Test func `Every limit of the server has its name, and no name is of nothing`() {
        let properties = Mirror(reflecting: ServerLimits()).children.compactMap(\.label)
        #expect(properties.count > 40)
        let names = NamedLimit.all.map(\.name)
        #expect(Set(names).count == names.count)
        for property in properties where !Self.inParts.contains(property) {
            #expect(names.contains(property), "\(property) cannot be configured")
        }
        let parts: Set = [
            "guessesPerCaller", "millisecondsPerGuess", "guessesOfAll", "millisecondsPerGuessOfAll",
        ]
        #expect(Set(names).subtracting(properties) == parts.subtracting(Self.inParts))
    }

    @Test func `A limit that is set is the one that is read, and no other changes`() {
        let standard = ServerLimits()
        for limit in NamedLimit.all {
            #expect(limit.range.contains(limit.value(in: standard)), "\(limit.name)")
            for value in [limit.range.lowerBound, limit.range.upperBound] {
                var limits = standard
                limit.set(value, in: &limits)
                for other in NamedLimit.all {
                    let expected = other.name == limit.name ? value : other.value(in: standard)
                    #expect(other.value(in: limits) == expected, "\(limit.name), \(other.name)")
                }
            }
        }
    }

    @Test func `Limits that cannot hold together are told of`() {
        #expect(ServerLimits().contradiction == nil)
        var limits = ServerLimits()
        limits.heartbeatSeconds = 200
        #expect(
            limits.contradiction
                == "heartbeatSeconds (200) is above idleSeconds (120): lower the first or raise the second"
        )
    }

    @Test func `What they come to together grows with each that holds bytes`() {
        let standard = ServerLimits().mostMemory(logFiles: 2)
        #expect(standard > 1 << 30 && standard < 2 << 30)
        for name in [
            "bodyBytesAtOnce", "answerBytesAtOnce", "logBytesWaiting", "cachedStateBytes",
            "connections", "unsentBytes",
        ] {
            var limits = ServerLimits()
            let limit = NamedLimit.named(name)
            limit?.set(2 * (limit?.value(in: limits) ?? 0), in: &limits)
            #expect(limits.mostMemory(logFiles: 2) > standard, "\(name)")
        }
    }

    @Test func `Every limit stands in the metrics`() {
        let lines = ServerLimits().text.split(separator: "\n")
        for limit in NamedLimit.all {
            let value = limit.value(in: ServerLimits())
            #expect(lines.contains("baton_limit{name=\"\(limit.name)\"} \(value)"))
        }
        for limit in ProtocolLimits.all {
            #expect(lines.contains("baton_form_limit{name=\"\(limit.name)\"} \(limit.value)"))
        }
        #expect(lines.count == NamedLimit.all.count + ProtocolLimits.all.count + 4)
    }
}
