import BatonCore
import BatonLog
import Testing

/// What every engine promises about appending (specification section 7), by the promises' names.
@Suite struct AppendContract {
    @Test(arguments: Engine.allCases)
    func `L1 offsets are dense from 1 and an entry never changes`(engine: Engine) async throws {
        try await engine.run { log in
            let stream = try key("cust-1")
            try await log.push(phone, from: 1, ["a", "b"], to: stream)
            let before = try await log.entries(of: stream)
            try await log.push(kiosk, from: 1, ["c"], to: stream)
            try await log.push(phone, from: 3, ["d"], to: stream)
            let entries = try await log.entries(of: stream)
            #expect(entries.map(\.offset) == [1, 2, 3, 4])
            #expect(entries.map(\.content) == ["a", "b", "c", "d"])
            #expect(Array(entries.prefix(2)) == before)
        }
    }

    @Test(arguments: Engine.allCases)
    func `L2 counters are contiguous, and a gap says which one is expected`(
        engine: Engine
    ) async throws {
        try await engine.run { log in
            let stream = try key("cust-1")
            try await log.push(phone, from: 1, ["a"], to: stream)
            let result = try await log.append(push(phone, from: 3, ["c", "d"]), to: stream)
            #expect(result.verdicts.short == ["gap", "not-reached"])
            guard case .refused(let refusal, _) = result.verdicts[0] else { return }
            #expect(refusal.expected == Counter(rawValue: 2))
            #expect(result.head == Offset(rawValue: 1))
            #expect(try await log.push(kiosk, from: 2, ["x"], to: stream).short == ["gap"])
            #expect(try await log.push(kiosk, from: 0, ["x"], to: stream).short == ["gap"])
            #expect(try await log.push(kiosk, from: .max, ["x"], to: stream).short == ["gap"])
            #expect(try await log.entries(of: stream).count == 1)
        }
    }

    @Test(arguments: Engine.allCases)
    func `L2 a retry gets the first verdicts and appends nothing`(engine: Engine) async throws {
        try await engine.run { log in
            let stream = try key("cust-1")
            let first = try await log.push(phone, from: 1, ["a", "b"], to: stream)
            #expect(first.short == ["accepted 1", "accepted 2"])
            let again = try await log.push(phone, from: 1, ["a", "b"], to: stream)
            #expect(again.short == ["duplicate 1", "duplicate 2"])
            #expect(try await log.entries(of: stream).count == 2)
        }
    }

    @Test(arguments: Engine.allCases)
    func `L2 of a push that is known in part only the rest is appended`(
        engine: Engine
    ) async throws {
        try await engine.run { log in
            let stream = try key("cust-1")
            try await log.push(phone, from: 1, ["a"], to: stream)
            try await log.push(kiosk, from: 1, ["x"], to: stream)
            try await log.push(phone, from: 2, ["b", "c"], to: stream)
            let verdicts = try await log.push(phone, from: 1, ["a", "b", "c", "d"], to: stream)
            #expect(verdicts.short == ["duplicate 1", "duplicate 3", "duplicate 4", "accepted 5"])
            let middle = try await log.push(phone, from: 3, ["c", "d", "e"], to: stream)
            #expect(middle.short == ["duplicate 4", "duplicate 5", "accepted 6"])
            let contents = try await log.entries(of: stream).map(\.content)
            #expect(contents == ["a", "x", "b", "c", "d", "e"])
        }
    }

    @Test(arguments: Engine.allCases)
    func `L2 the log counts for a replica that does not`(engine: Engine) async throws {
        try await engine.run { log in
            let stream = try key("cust-1")
            let first = try await log.append(push(till, from: nil, ["a", "b"]), to: stream)
            let second = try await log.append(push(till, from: nil, ["c"]), to: stream)
            #expect(first.firstCounter == Counter(rawValue: 1))
            #expect(second.firstCounter == Counter(rawValue: 3))
            #expect(second.verdicts.short == ["accepted 3"])
        }
    }

    @Test(arguments: Engine.allCases)
    func `L3 a known dot with other content is a cloned replica`(engine: Engine) async throws {
        try await engine.run { log in
            let stream = try key("cust-1")
            try await log.push(phone, from: 1, ["a", "b"], to: stream)
            let verdicts = try await log.push(phone, from: 1, ["a", "B", "c"], to: stream)
            #expect(verdicts.short == ["duplicate 1", "replica-cloned", "not-reached"])
            #expect(try await log.entries(of: stream).map(\.content) == ["a", "b"])
        }
    }

    @Test(arguments: Engine.allCases)
    func `L4 an event that has seen what the log lacks is refused`(engine: Engine) async throws {
        try await engine.run { log in
            let stream = try key("cust-1")
            let ahead = Sample(content: "b", seen: 2)
            let verdicts = try await log.push(phone, from: 1, ["a", ahead, "c"], to: stream)
            #expect(verdicts.short == ["accepted 1", "unknown-context", "not-reached"])
            try await log.push(kiosk, from: 1, ["x"], to: stream)
            let again = try await log.push(phone, from: 2, [ahead, "c"], to: stream)
            #expect(again.short == ["accepted 3", "accepted 4"])
        }
    }

    @Test(arguments: Engine.allCases)
    func `L4 what was seen beyond the log's prefix counts too`(engine: Engine) async throws {
        try await engine.run { log in
            let stream = try key("cust-1")
            let event = Sample(content: "a", beyond: [kiosk: 2])
            try await log.push(kiosk, from: 1, ["x"], to: stream)
            #expect(
                try await log.push(phone, from: 1, [event], to: stream).short == ["unknown-context"]
            )
            try await log.push(kiosk, from: 2, ["y"], to: stream)
            let own = Sample(content: "b", beyond: [phone: 1, kiosk: 1])
            let verdicts = try await log.push(phone, from: 1, [event, own], to: stream)
            #expect(verdicts.short == ["accepted 3", "accepted 4"])
            let future = Sample(content: "c", beyond: [phone: 3])
            #expect(
                try await log.push(phone, from: 3, [future], to: stream).short
                    == ["unknown-context"])
        }
    }

    @Test(arguments: Engine.allCases)
    func `L5 what was acknowledged is there to read at once`(engine: Engine) async throws {
        try await engine.run { log in
            let stream = try key("cust-1")
            for counter in 1...20 as ClosedRange<UInt64> {
                let result = try await log.append(
                    push(phone, from: counter, ["a", "b"].suffix(1)), to: stream)
                #expect(try await log.head(of: stream).offset == result.head)
                #expect(try await log.entries(of: stream).count == Int(counter))
            }
        }
    }

    @Test(arguments: Engine.allCases)
    func `L6 the chain covers dot, content and order of every entry`(
        engine: Engine
    ) async throws {
        try await engine.run { log in
            let stream = try key("cust-1")
            #expect(try await log.head(of: stream).chain == [UInt8](repeating: 0, count: 32))
            try await log.push(phone, from: 1, ["a", "b"], to: stream)
            try await log.push(till, from: 1, ["c"], to: stream)
            var chain = [UInt8](repeating: 0, count: 32)
            for entry in try await log.entries(of: stream) {
                chain = expectedChain(after: chain, entry)
            }
            #expect(try await log.head(of: stream).chain == chain)

            let other = try key("cust-2")
            try await log.push(phone, from: 1, ["a"], to: other)
            try await log.push(phone, from: 2, ["b"], to: other)
            try await log.push(till, from: 1, ["c"], to: other)
            #expect(try await log.head(of: other).chain == chain, "chunks make no difference")
        }
    }

    @Test(arguments: Engine.allCases)
    func `L7 a final refusal stands in the log as a void entry`(engine: Engine) async throws {
        try await engine.run { log in
            let stream = try key("cust-1")
            let bad = Sample(content: "b", void: .schemaViolation)
            let verdicts = try await log.push(phone, from: 1, ["a", bad, "c"], to: stream)
            #expect(verdicts.short == ["accepted 1", "schema-violation 2", "accepted 3"])
            let entries = try await log.entries(of: stream)
            #expect(entries.map(\.content) == ["a", "void:schema-violation", "c"])
            let again = try await log.push(phone, from: 1, ["a", bad, "c"], to: stream)
            #expect(again.short == ["duplicate 1", "schema-violation 2", "duplicate 3"])
            #expect(again[1] == verdicts[1], "with the first reason")
        }
    }

    @Test(arguments: Engine.allCases)
    func `L7 a void is known again whatever is thought of the event now`(
        engine: Engine
    ) async throws {
        try await engine.run { log in
            let stream = try key("cust-1")
            let bad = Sample(content: "b", void: .notPermitted)
            try await log.push(phone, from: 1, ["a", bad], to: stream)
            // The schema has changed: "b" would do now, "a" would not.
            let badNow = Sample(content: "a", void: .schemaViolation)
            let verdicts = try await log.push(phone, from: 1, [badNow, "b"], to: stream)
            #expect(verdicts.short == ["duplicate 1", "not-permitted 2"])
            let other = Sample(content: "other", void: .notPermitted)
            let cloned = try await log.push(phone, from: 2, [other], to: stream)
            #expect(cloned.short == ["replica-cloned"])
            #expect(
                try await log.push(phone, from: 2, ["other"], to: stream).short
                    == ["replica-cloned"])
        }
    }

    @Test(arguments: Engine.allCases)
    func `L7 a refusal that may be mended leaves nothing behind`(engine: Engine) async throws {
        try await engine.run { log in
            let stream = try key("cust-1")
            try await log.push(phone, from: 2, ["b"], to: stream)
            try await log.push(phone, from: 1, [Sample(content: "a", seen: 9)], to: stream)
            #expect(try await log.entries(of: stream).isEmpty)
            #expect(try await log.vector(of: stream, at: .start) == VersionVector())
            let streams = try await log.streams(of: stream.tenant, after: nil, limit: 10)
            #expect(streams.isEmpty)
        }
    }

    @Test(arguments: Engine.allCases)
    func `An append of nothing changes nothing`(engine: Engine) async throws {
        try await engine.run { log in
            let stream = try key("cust-1")
            let result = try await log.append(push(phone, from: 1, []), to: stream)
            #expect(result.verdicts.isEmpty)
            #expect(result.head == .start)
        }
    }

    @Test(arguments: Engine.allCases)
    func `A closed log refuses every call`(engine: Engine) async throws {
        try await engine.run { log in
            let stream = try key("cust-1")
            try await log.push(phone, from: 1, ["a"], to: stream)
            await log.close()
            await log.close()
            await #expect(throws: LogFailure.self) {
                try await log.push(phone, from: 2, ["b"], to: stream)
            }
            await #expect(throws: LogFailure.self) { try await log.head(of: stream) }
            await #expect(throws: LogFailure.self) {
                try await log.streams(of: stream.tenant, after: nil, limit: 1)
            }
        }
    }
}

/// The chain as section 7.3 of the specification says it, computed another way.
private func expectedChain(after chain: [UInt8], _ entry: ReadEntry) -> [UInt8] {
    var bytes = chain
    for word in [entry.dot.replica.high, entry.dot.replica.low, entry.dot.counter.rawValue] {
        for shift in stride(from: 56, through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: word >> UInt64(shift)))
        }
    }
    return digest(bytes + Array(entry.content.utf8))
}
