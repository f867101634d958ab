import BatonCore
import BatonLog
import Testing

/// What every engine promises about idempotency keys.
@Suite struct IdempotencyContract {
    private let name = IdempotencyKey(key: "buy-\u{0}-1", digest: digest("request"))

    @Test(arguments: Engine.allCases)
    func `A key that comes again is answered as the first time`(engine: Engine) async throws {
        try await engine.run { log in
            let stream = try key("cust-1")
            let first = try await log.append(
                push(till, from: nil, ["a"], key: name), to: stream)
            #expect(first.verdicts.short == ["accepted 1"])
            _ = try await log.append(push(till, from: nil, ["b"]), to: stream)
            // The server writes the event anew, so its bytes may differ.
            let again = try await log.append(
                push(till, from: nil, ["a, later"], key: name), to: stream)
            #expect(again.verdicts.short == ["duplicate 1"])
            #expect(again.firstCounter == first.firstCounter)
            #expect(again.head == Offset(rawValue: 2))
            #expect(try await log.entries(of: stream).count == 2)
        }
    }

    @Test(arguments: Engine.allCases)
    func `A final refusal is remembered too`(engine: Engine) async throws {
        try await engine.run { log in
            let stream = try key("cust-1")
            let bad = Sample(content: "a", void: .notPermitted)
            let first = try await log.append(
                push(till, from: nil, [bad], key: name), to: stream)
            let again = try await log.append(
                push(till, from: nil, ["a"], key: name), to: stream)
            #expect(first.verdicts.short == ["not-permitted 1"])
            #expect(again.verdicts == first.verdicts)
        }
    }

    @Test(arguments: Engine.allCases)
    func `A key with another request is a mistake`(engine: Engine) async throws {
        try await engine.run { log in
            let stream = try key("cust-1")
            _ = try await log.append(push(till, from: nil, ["a"], key: name), to: stream)
            let other = IdempotencyKey(key: name.key, digest: digest("another"))
            do {
                _ = try await log.append(push(till, from: nil, ["b"], key: other), to: stream)
                Issue.record("the key was taken twice")
            } catch let failure as LogFailure {
                #expect(failure.code == .idempotencyKeyReused)
            }
            let longer = IdempotencyKey(key: "buy-\u{0}-2", digest: digest("another"))
            let result = try await log.append(
                push(till, from: nil, ["b"], key: longer), to: stream)
            #expect(result.verdicts.short == ["accepted 2"])
        }
    }

    @Test(arguments: Engine.allCases)
    func `What was refused under a key may come again`(engine: Engine) async throws {
        try await engine.run { log in
            let stream = try key("cust-1")
            let ahead = Sample(content: "b", seen: 2)
            let request = push(till, from: nil, ["a", ahead, "c"], key: name)
            let first = try await log.append(request, to: stream)
            #expect(first.verdicts.short == ["not-reached", "unknown-context", "not-reached"])
            #expect(first.head == .start)
            try await log.push(phone, from: 1, ["x"], to: stream)
            let again = try await log.append(request, to: stream)
            #expect(again.verdicts.short == ["accepted 2", "accepted 3", "accepted 4"])
        }
    }

    @Test(arguments: Engine.allCases)
    func `A key outlives the entry that it wrote`(engine: Engine) async throws {
        try await engine.run { log in
            let stream = try key("cust-1")
            _ = try await log.append(push(till, from: nil, ["a"], key: name), to: stream)
            try await log.store(
                StoredSnapshot(offset: Offset(rawValue: 1), body: [1], stateHash: [2]), as: .base,
                for: stream)
            _ = try await log.compact(stream, through: Offset(rawValue: 1))
            let again = try await log.append(
                push(till, from: nil, ["a"], key: name), to: stream)
            #expect(again.verdicts.short == ["duplicate 0"])
        }
    }
}
