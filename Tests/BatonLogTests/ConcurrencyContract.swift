import BatonCore
import BatonLog
import Synchronization
import Testing

/// What every engine promises about many at once, and about news.
@Suite struct ConcurrencyContract {
    @Test(arguments: Engine.allCases)
    func `L1 and L2 hold while 64 replicas push to few streams at once`(
        engine: Engine
    ) async throws {
        try await engine.run { log in
            let streams = try ["one", "two", "three"].map { try key($0) }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for index in 0..<64 {
                    group.addTask {
                        let replica = ReplicaID(high: 9, low: UInt64(index + 1))
                        let stream = streams[index % 3]
                        for turn in 0..<10 as Range<UInt64> {
                            let request = push(
                                replica, from: turn * 3 + 1, ["a", "b", "c"])
                            let first = try await log.append(request, to: stream)
                            let again = try await log.append(request, to: stream)
                            #expect(
                                first.verdicts.compactMap(\.place)
                                    == again.verdicts.compactMap(\.place))
                        }
                    }
                }
                try await group.waitForAll()
            }
            for (index, stream) in streams.enumerated() {
                let entries = try await log.entries(of: stream)
                let replicas = (64 - index + 2) / 3
                #expect(entries.count == replicas * 30)
                let offsets = (0..<entries.count).map { UInt64($0 + 1) }
                #expect(entries.map(\.offset) == offsets)
                let counters = (1...30).map { UInt64($0) }
                for dots in Dictionary(grouping: entries.map(\.dot), by: \.replica).values {
                    #expect(dots.map(\.counter.rawValue) == counters)
                }
            }
        }
    }

    @Test(arguments: Engine.allCases)
    func `Writers that let the log count never share a counter`(engine: Engine) async throws {
        try await engine.run { log in
            let stream = try key("cust-1")
            let counters = Tally<Set<Counter>>([])
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<50 {
                    group.addTask {
                        let result = try await log.append(
                            push(till, from: nil, ["x"]), to: stream)
                        counters.change { $0.insert(result.firstCounter) }
                    }
                }
                try await group.waitForAll()
            }
            #expect(counters.value.count == 50)
        }
    }

    @Test(.timeLimit(.minutes(5)), arguments: Engine.allCases)
    func `News of an append reaches who waits for it, and only those`(
        engine: Engine
    ) async throws {
        try await engine.run { log in
            let mine = try key("cust-1")
            let news = log.appends(to: [mine, try key("cust-2")])
            let others = log.appends(to: [try key("cust-3")])
            let heard = Tally(0)
            let listening = Task {
                for await _ in others { heard.change { $0 += 1 } }
            }
            var iterator = news.makeAsyncIterator()
            for counter in 1...5 as ClosedRange<UInt64> {
                try await log.push(phone, from: counter, ["a"], to: mine)
                #expect(await iterator.next() != nil)
                #expect(try await log.entries(of: mine).count == Int(counter))
            }
            // Neither a retry nor a refusal is news: the next signal is the next append's.
            try await log.push(phone, from: 1, ["a"], to: mine)
            try await log.push(phone, from: 9, ["a"], to: mine)
            await log.close()
            #expect(await iterator.next() == nil)
            await listening.value
            #expect(heard.value == 0)
            var late = log.appends(to: [mine]).makeAsyncIterator()
            #expect(await late.next() == nil)
        }
    }
}

extension Verdict {
    /// Where the entry stands.
    fileprivate var place: Offset? {
        switch self {
        case .accepted(let offset), .duplicate(let offset): offset
        case .refused: nil
        }
    }
}

/// A value that several tasks change.
private final class Tally<Value: Sendable>: Sendable {
    private let state: Mutex<Value>

    init(_ value: Value) { state = Mutex(value) }

    var value: Value { state.withLock { $0 } }

    func change(_ body: @Sendable (inout Value) -> Void) { state.withLock { body(&$0) } }
}
