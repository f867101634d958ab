import BatonCore
import BatonLog
import Testing

/// What every engine promises about streams that were adopted into others.
@Suite struct ForwardingContract {
    @Test(arguments: Engine.allCases)
    func `A stream that forwards knows what it has, and refuses what is new`(
        engine: Engine
    ) async throws {
        try await engine.run { log in
            let stream = try key("anon-1")
            let target = try StreamID("cust-1")
            try await log.push(phone, from: 1, ["a"], to: stream)
            let marked = try await log.append(mark(.to(target)), to: stream)
            #expect(marked.verdicts.short == ["accepted 2"])
            #expect(try await log.head(of: stream).movedTo == target)

            let late = try await log.append(push(phone, from: 1, ["a", "b", "c"]), to: stream)
            #expect(late.verdicts.short == ["duplicate 1", "stream-moved", "not-reached"])
            guard case .refused(let refusal, _) = late.verdicts[1] else { return }
            #expect(refusal.movedTo == target)
            #expect(try await log.entries(of: stream).count == 2)
            let other = try await log.push(phone, from: 1, ["x"], to: try key("anon-2"))
            #expect(other.short == ["accepted 1"])
        }
    }

    @Test(arguments: Engine.allCases)
    func `A stream forwards to one other, until that is ended`(engine: Engine) async throws {
        try await engine.run { log in
            let stream = try key("anon-1")
            let first = try StreamID("cust-1")
            _ = try await log.append(mark(.to(first)), to: stream)
            let second = try await log.append(mark(.to(StreamID("cust-2"))), to: stream)
            guard case .refused(let refusal, _) = second.verdicts[0] else {
                Issue.record("a second stream adopted it")
                return
            }
            #expect(refusal.code == .streamMoved && refusal.movedTo == first)
            #expect(try await log.head(of: stream).offset == Offset(rawValue: 1))

            let ended = try await log.append(mark(.ended), to: stream)
            #expect(ended.verdicts.short == ["accepted 2"])
            #expect(try await log.head(of: stream).movedTo == nil)
            #expect(try await log.push(phone, from: 1, ["a"], to: stream).short == ["accepted 3"])
        }
    }

    @Test func `Where a stream forwards to is in the file, for whoever opens it next`()
        async throws
    {
        try await withDirectory { directory in
            let stream = try key("anon-1")
            let first = try SQLiteLog.open(directory: directory)
            _ = try await first.append(mark(.to(StreamID("cust-1"))), to: stream)
            // Another process, at the same time.
            let second = try SQLiteLog.open(directory: directory)
            #expect(
                try await second.push(phone, from: 1, ["a"], to: stream).short == ["stream-moved"])
            _ = try await second.append(mark(.ended), to: stream)
            #expect(
                try await first.push(phone, from: 1, ["a"], to: stream).short == ["accepted 3"])
            await first.close()
            await second.close()
        }
    }

    private func mark(_ forwarding: StreamForwarding) -> AppendRequest {
        let event = push(till, from: nil, ["mark"])
        return AppendRequest(
            replica: till, firstCounter: nil, body: event.body, entries: event.entries,
            receivedAt: 1, forwarding: forwarding)
    }
}
