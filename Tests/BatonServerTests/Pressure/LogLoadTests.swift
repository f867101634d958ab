import BatonCore
import Testing

@testable import BatonLog
@testable import BatonServer

/// What waits in front of the log's writers can be watched before the first write is refused.
@Suite struct LogLoadTests {
    @Test func `Writes that wait for the disk show in the metrics, and are gone once written`()
        async throws
    {
        try await withTemporaryFolder { folder in
            var options = SQLiteLog.Options()
            options.files = 1
            let log = try SQLiteLog.open(directory: folder + "/data", options: options)
            try await TestServer.with(engine: log) { server in
                _ = try await server.write("s-0", "cart/main", #"{"path":"/note","set":"x"}"#)
                #expect(try await server.metric("baton_log_commits") == 0)
                #expect(try await server.metric("baton_log_commits_limit") == 1)
                // Another process writes: the first commit waits for it, the rest for that.
                let other = try Connection(path: folder + "/data/baton.db", access: .write)
                try other.run("BEGIN IMMEDIATE")
                async let first = server.write("s-1", "cart/main", #"{"path":"/note","set":"x"}"#)
                #expect(try await eventually { log.load.commits > 0 })
                async let second = server.write("s-2", "cart/main", #"{"path":"/note","set":"x"}"#)
                async let third = server.write("s-3", "cart/main", #"{"path":"/note","set":"x"}"#)
                #expect(try await eventually { log.load.waiting >= 2 })
                #expect(try await server.metric("baton_log_commits") == 1)
                #expect(try await server.metric("baton_log_writes_committing") == 1)
                #expect(try await server.metric("baton_log_writes_waiting") == 2)
                #expect(try await server.metric("baton_log_writes_waiting_limit") == 4_096)
                #expect((try await server.metric("baton_log_bytes_waiting") ?? 0) > 50)
                try other.run("ROLLBACK")
                other.close()
                for answer in [try await first, try await second, try await third] {
                    #expect(answer.status == 200, "\(answer.text)")
                }
                #expect(try await eventually { log.load == Self.idle })
                #expect(try await server.metric("baton_log_writes_waiting") == 0)
            }
        }
    }

    private static var idle: LogLoad {
        let options = SQLiteLog.Options()
        var load = LogLoad()
        load.waitingLimit = options.queuedJobs
        load.waitingBytesLimit = options.queuedBytes
        load.writers = 1
        return load
    }
}
