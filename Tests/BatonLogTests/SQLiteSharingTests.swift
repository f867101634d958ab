import BatonCore
import Synchronization
import Testing

@testable import BatonLog

/// Several processes on one directory, here as several logs.
struct SQLiteSharingTests {
    @Test func `Two logs append by turns and see each other's entries`() async throws {
        try await withTwoLogs { one, two in
            let stream = try key("cust-1")
            for turn in 0..<20 as Range<UInt64> {
                let first = try await one.push(phone, from: turn + 1, ["a"], to: stream)
                #expect(first.short == ["accepted \(turn * 3 + 1)"])
                let second = try await two.push(
                    kiosk, from: turn + 1, [Sample(content: "b", seen: turn * 3 + 1)], to: stream)
                #expect(second.short == ["accepted \(turn * 3 + 2)"])
                let third = try await two.push(till, from: nil, ["c"], to: stream)
                #expect(third.short == ["accepted \(turn * 3 + 3)"])
                let retry = try await two.push(phone, from: turn + 1, ["a"], to: stream)
                #expect(retry.short == ["duplicate \(turn * 3 + 1)"])
            }
            #expect(try await one.entries(of: stream) == two.entries(of: stream))
            #expect(try await one.check(stream) == nil)
        }
    }

    @Test func `Two logs may append to one stream at once`() async throws {
        try await withTwoLogs { one, two in
            let stream = try key("cust-1")
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (index, log) in [one, two].enumerated() {
                    group.addTask {
                        let replica = ReplicaID(high: 1, low: UInt64(index + 1))
                        for counter in 1...30 as ClosedRange<UInt64> {
                            try await log.push(replica, from: counter, ["x"], to: stream)
                            try await log.push(till, from: nil, ["t"], to: stream)
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await one.head(of: stream).offset == Offset(rawValue: 120))
            #expect(try await two.check(stream) == nil)
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `News of another log's append arrives`() async throws {
        try await withTwoLogs { one, two in
            let stream = try key("cust-1")
            var news = two.appends(to: [stream]).makeAsyncIterator()
            try await one.push(phone, from: 1, ["a"], to: stream)
            #expect(await news.next() != nil)
            #expect(try await two.entries(of: stream).count == 1)
        }
    }

    @Test func `What came before the writer's thread began is news to those who watched`()
        async throws
    {
        try await withDirectory { directory in
            var options = SQLiteLog.Options()
            options.files = 1
            let one = try SQLiteLog.open(directory: directory, options: options)
            let stream = try key("cust-1")
            let path = try #require(try SQLiteLog.files(in: directory).first)
            let connection = try Connection(path: path, access: .write)
            try connection.configure()
            let version = try connection.dataVersion()
            let signals = AppendSignals()
            let news = Mutex(0)
            let watch = signals.watch([stream]) { _ in news.withLock { $0 += 1 } }
            try await one.push(phone, from: 1, ["a"], to: stream)
            let mailbox = Mailbox<WriterJob>(count: 1)
            mailbox.close()
            Writer(
                connection: connection, since: version, mailbox: mailbox, signals: signals,
                checkpoints: CheckpointTurn(), record: CommitRecord(), options: options
            ).run()
            #expect(news.withLock { $0 } == 1)
            watch.end()
            await one.close()
        }
    }

    @Test func `What one log compacts is gone for the other`() async throws {
        try await withTwoLogs { one, two in
            let stream = try key("cust-1")
            try await one.push(phone, from: 1, ["a"], to: stream)
            try await two.push(phone, from: 2, ["b"], to: stream)
            try await one.store(
                StoredSnapshot(offset: Offset(rawValue: 1), body: [1], stateHash: [2]), as: .base,
                for: stream)
            _ = try await one.compact(stream, through: Offset(rawValue: 1))
            let verdicts = try await two.push(phone, from: 1, ["a", "b"], to: stream)
            #expect(verdicts.short == ["duplicate 0", "duplicate 2"])
            #expect(
                try await two.push(phone, from: 1, ["other"], to: stream).short
                    == ["replica-cloned"])
        }
    }

    private func withTwoLogs(_ body: (SQLiteLog, SQLiteLog) async throws -> Void) async throws {
        try await withDirectory { directory in
            let one = try SQLiteLog.open(directory: directory)
            let two = try SQLiteLog.open(directory: directory)
            #expect(one.identity == two.identity)
            do {
                try await body(one, two)
            } catch {
                Issue.record(error)
            }
            await one.close()
            await two.close()
        }
    }
}
