import BatonCore
import Foundation
import Testing

@testable import BatonLog

/// What happens at the limits, and when the disk says no.
struct SQLiteLimitTests {
    @Test(.timeLimit(.minutes(5)))
    func `Beyond the queue's limit a write is refused, and the others are done`() async throws {
        try await withDirectory { directory in
            var options = SQLiteLog.Options()
            options.queuedJobs = 3
            options.files = 1
            let log = try SQLiteLog.open(directory: directory, options: options)
            let stream = try key("cust-1")
            let other = try Connection(path: directory + "/baton.db", access: .write)
            try other.run("BEGIN IMMEDIATE")
            // 3 can wait. The writer, once it comes to it, takes as many off and is stopped by the lock.
            let outcomes = try await withThrowingTaskGroup(of: LogFailure?.self) { group in
                for index in 0..<20 {
                    group.addTask {
                        let replica = ReplicaID(high: 1, low: UInt64(index + 1))
                        do throws(LogFailure) {
                            _ = try await log.append(push(replica, from: 1, ["a"]), to: stream)
                            return nil
                        } catch {
                            return error
                        }
                    }
                }
                var outcomes: [LogFailure?] = []
                while let outcome = try await group.next() {
                    outcomes.append(outcome)
                    if outcomes.count == 14 { try other.run("COMMIT") }
                }
                return outcomes
            }
            other.close()
            #expect(outcomes.compactMap { $0 }.allSatisfy { $0.code == .overloaded })
            // On a machine that does not come to commit within 5 s, the lock outlasts some of them.
            let outwaited = outcomes.count { $0?.message.contains("another process") ?? false }
            let done = outcomes.count { $0 == nil }
            #expect((3...6).contains(done + outwaited))
            #expect(try await log.head(of: stream).offset.rawValue == UInt64(done))
            await log.close()
        }
    }

    @Test func `A full disk refuses appends and goes on reading`() async throws {
        try await withDirectory { directory in
            var options = SQLiteLog.Options()
            options.pageLimit = 60
            let log = try SQLiteLog.open(directory: directory, options: options)
            let stream = try key("cust-1")
            let big = Sample(content: String(repeating: "x", count: 20_000))
            var accepted: UInt64 = 0
            var code: LogFailure.Code?
            while code == nil, accepted < 100 {
                do throws(LogFailure) {
                    _ = try await log.append(push(phone, from: accepted + 1, [big]), to: stream)
                    accepted += 1
                } catch {
                    code = error.code
                }
            }
            #expect(code == .full)
            #expect(accepted > 0)
            #expect(try await log.entries(of: stream).count == Int(accepted))
            #expect(try await log.check(stream) == nil)
            await log.close()

            // Given room, the log goes on where it stood.
            let roomy = try SQLiteLog.open(directory: directory)
            let verdicts = try await roomy.push(phone, from: accepted + 1, [big], to: stream)
            #expect(verdicts.short == ["accepted \(accepted + 1)"])
            await roomy.close()
        }
    }

    @Test func `A transaction that fails leaves nothing, and the next one goes on`() async throws {
        try await withDirectory { directory in
            let log = try SQLiteLog.open(directory: directory)
            let stream = try key("cust-1")
            try await log.push(phone, from: 1, ["a"], to: stream)
            try run(
                """
                CREATE TRIGGER no BEFORE INSERT ON void BEGIN SELECT RAISE(ABORT, 'no'); END
                """, in: directory)
            let bad = Sample(content: "c", void: .schemaViolation)
            await #expect(throws: LogFailure.self) {
                try await log.push(phone, from: 2, ["b", bad], to: stream)
            }
            await #expect(throws: LogFailure.self) {
                try await log.push(phone, from: 1, [bad], to: key("new", tenant: "new"))
            }
            #expect(try await log.head(of: stream).offset == Offset(rawValue: 1))
            try run("DROP TRIGGER no", in: directory)
            #expect(
                try await log.push(phone, from: 2, ["b", bad], to: stream).short
                    == ["accepted 2", "schema-violation 3"])
            #expect(
                try await log.push(phone, from: 1, ["n"], to: key("new", tenant: "new")).short
                    == ["accepted 1"])
            #expect(try await log.entries(of: key("new", tenant: "new")).map(\.content) == ["n"])
            #expect(try await log.check(stream) == nil)
            await log.close()
        }
    }

    @Test func `What was remembered of a transaction that failed is forgotten`() async throws {
        try await withDirectory { directory in
            let log = try SQLiteLog.open(directory: directory)
            let stream = try key("cust-1")
            let new = try key("new", tenant: "new")
            try await log.push(phone, from: 1, ["a"], to: stream)
            // Fails when the first of two chunks is written. It stays, because a change of the file
            // by another connection would by itself make the writer forget.
            try run(
                """
                CREATE TRIGGER no BEFORE INSERT ON void WHEN NEW.reason = 'because of no'
                BEGIN SELECT RAISE(ABORT, 'no'); END
                """, in: directory)
            for key in [stream, new] {
                await #expect(throws: LogFailure.self) {
                    try await log.append(
                        push(kiosk, from: 1, [Sample(content: "no", void: .schemaViolation)]),
                        to: key)
                }
            }
            #expect(try await log.push(phone, from: 2, ["b"], to: stream).short == ["accepted 2"])
            #expect(try await log.push(kiosk, from: 1, ["x"], to: stream).short == ["accepted 3"])
            #expect(try await log.push(kiosk, from: 1, ["x"], to: new).short == ["accepted 1"])
            #expect(try await log.entries(of: stream).map(\.content) == ["a", "b", "x"])
            #expect(try await log.entries(of: new).map(\.content) == ["x"])
            #expect(try await log.check(stream) == nil)
            #expect(try await log.check(new) == nil)
            await log.close()
        }
    }

    @Test func `The write-ahead log stays short under continuous writes`() async throws {
        try await withDirectory { directory in
            var options = SQLiteLog.Options()
            options.walPages = 100
            options.files = 1
            options.pollSeconds = 60
            let log = try SQLiteLog.open(directory: directory, options: options)
            let stream = try key("cust-1")
            let samples = Array(
                repeating: Sample(content: String(repeating: "x", count: 500)), count: 20)
            for turn in 0..<100 as Range<UInt64> {
                try await log.push(phone, from: turn * 20 + 1, samples, to: stream)
            }
            let attributes = try FileManager.default.attributesOfItem(
                atPath: directory + "/baton.db-wal")
            let size = try #require(attributes[.size] as? Int)
            #expect(size < 200 * 4_096, "100 pushes of 10 kB took \(size) bytes")
            await log.close()
        }
    }

    @Test func `Idempotency keys are forgotten after seven days, a few at a time`() async throws {
        try await withDirectory { directory in
            let log = try SQLiteLog.open(directory: directory)
            let stream = try key("cust-1")
            func append(_ name: String, at time: Int64) async throws -> [String] {
                let name = IdempotencyKey(key: name, digest: digest(name))
                return try await log.append(
                    push(till, from: nil, ["a"], at: time, key: name), to: stream
                ).verdicts.short
            }
            for index in 0..<20 { _ = try await append("old-\(index)", at: Int64(index)) }
            let week = LogLimits.idempotencyLifetime
            #expect(try await append("on time", at: week) == ["accepted 21"])
            #expect(try await append("old-0", at: week) == ["duplicate 1"])
            // Forgets the eight oldest, and no more.
            #expect(try await append("late", at: week + 100) == ["accepted 22"])
            #expect(try await append("old-8", at: week + 100) == ["duplicate 9"])
            #expect(try await append("old-7", at: week + 100) == ["accepted 23"])
            await log.close()
        }
    }

    @Test func `A stream with more replicas than are remembered still knows them all`()
        async throws
    {
        try await withDirectory { directory in
            let log = try SQLiteLog.open(directory: directory)
            let stream = try key("cust-1")
            for turn in 1...2 as ClosedRange<UInt64> {
                for index in 1...150 as ClosedRange<UInt64> {
                    let replica = ReplicaID(high: 5, low: index)
                    try await log.push(replica, from: turn, ["a"], to: stream)
                }
            }
            let vector = try await log.vector(of: stream, at: Offset(rawValue: 300))
            #expect(vector?.counters.count == 150)
            #expect(vector?.counters.values.allSatisfy { $0.rawValue == 2 } == true)
            #expect(try await log.check(stream) == nil)
            await log.close()
        }
    }
}
