import BatonCore
import Foundation
import Synchronization
import Testing

@testable import BatonLog

/// Backup while the log is in use, and what a restored one is.
struct BackupTests {
    @Test func `A backup holds what was acknowledged before it, and is another log`() async throws {
        try await withDirectory { directory in
            let log = try SQLiteLog.open(directory: directory + "/data")
            let stream = try key("cust-1")
            try await log.push(phone, from: 1, ["a", "b"], to: stream)
            let manifest = try await LogBackup(of: directory + "/data")
                .make(at: directory + "/backup", now: 7)
            #expect(manifest.epoch == log.identity.epoch)
            #expect(manifest.madeAt == 7)
            #expect(try BackupManifest.read(in: directory + "/backup") == manifest)
            try await log.push(phone, from: 3, ["c"], to: stream)

            let identity = try await LogRestore(from: directory + "/backup")
                .make(in: directory + "/restored")
            let restored = try SQLiteLog.open(directory: directory + "/restored")
            #expect(restored.identity == identity)
            #expect(restored.identity.epoch != log.identity.epoch)
            #expect(restored.identity.replica != log.identity.replica)
            #expect(try await restored.entries(of: stream).map(\.content) == ["a", "b"])
            #expect(
                try await restored.push(phone, from: 3, ["c"], to: stream).short == ["accepted 3"])
            #expect(try await restored.check(stream) == nil)
            await restored.close()
            await log.close()
        }
    }

    @Test func `A backup beside writers is as of one moment`() async throws {
        try await withDirectory { directory in
            var options = SQLiteLog.Options()
            options.files = 3
            let log = try SQLiteLog.open(directory: directory + "/data", options: options)
            let streams = try (0..<8).map { try key("cust-\($0)") }
            let writing = Task {
                var counter: UInt64 = 1
                // By turns, so that no later stream may ever be ahead of an earlier one.
                while !Task.isCancelled {
                    for stream in streams {
                        try await log.push(phone, from: counter, ["a"], to: stream)
                    }
                    counter += 1
                }
            }
            defer { writing.cancel() }
            for turn in 0..<5 {
                let folder = "\(directory)/backup-\(turn)"
                _ = try await LogBackup(of: directory + "/data").make(
                    at: folder, now: 0, pace: .init(bytesPerSecond: nil))
                _ = try await LogRestore(from: folder).make(in: folder + "-log")
                let restored = try SQLiteLog.open(directory: folder + "-log")
                var heads: [UInt64] = []
                for stream in streams {
                    #expect(try await restored.check(stream) == nil)
                    heads.append(try await restored.head(of: stream).offset.rawValue)
                }
                #expect(heads == heads.sorted(by: >))
                #expect((heads.max() ?? 0) - (heads.min() ?? 0) <= 1)
                await restored.close()
            }
            writing.cancel()
            try await writing.value
            await log.close()
        }
    }

    @Test func `What lies beside the log's files goes along`() async throws {
        try await withDirectory { directory in
            await (try SQLiteLog.open(directory: directory + "/data")).close()
            let companions = ["schemas.json", "revoked.json"]
            for name in companions {
                try Data("{}".utf8).write(
                    to: URL(fileURLWithPath: directory + "/data/" + name))
            }
            let manifest = try await LogBackup(of: directory + "/data")
                .make(at: directory + "/backup", now: 0)
            #expect(manifest.files.first?.name == "baton.db")
            #expect(manifest.files.map(\.name).suffix(2) == companions)
            _ = try await LogRestore(from: directory + "/backup").make(in: directory + "/new")
            for name in companions {
                #expect(
                    FileManager.default.contents(atPath: directory + "/new/" + name)
                        == Data("{}".utf8))
            }
        }
    }

    @Test func `A damaged backup is refused, wherever the damage lies`() async throws {
        try await withDirectory { directory in
            let log = try SQLiteLog.open(directory: directory + "/data")
            try await log.push(phone, from: 1, ["a"], to: key("cust-1"))
            let backup = directory + "/backup"
            _ = try await LogBackup(of: directory + "/data").make(at: backup, now: 0)
            await log.close()
            let path = backup + "/baton.db"
            let whole = try #require(FileManager.default.contents(atPath: path))
            for place in stride(from: 0, to: whole.count, by: whole.count / 7) {
                var damaged = whole
                damaged[place] ^= 1
                try damaged.write(to: URL(fileURLWithPath: path))
                await #expect(throws: LogFailure.self) {
                    try await LogRestore(from: backup).make(in: directory + "/new")
                }
            }
            try whole.dropLast().write(to: URL(fileURLWithPath: path))
            await #expect(throws: LogFailure.self) {
                try await LogRestore(from: backup).make(in: directory + "/new")
            }
            #expect(!FileManager.default.fileExists(atPath: directory + "/new"))
            try whole.write(to: URL(fileURLWithPath: path))
            _ = try await LogRestore(from: backup).make(in: directory + "/new")
        }
    }

    @Test func `Nothing is written over`() async throws {
        try await withDirectory { directory in
            await (try SQLiteLog.open(directory: directory + "/data")).close()
            await #expect(throws: LogFailure.self) {
                try await LogBackup(of: directory + "/data").make(at: directory + "/data", now: 0)
            }
            await #expect(throws: LogFailure.self) {
                try await LogBackup(of: directory + "/none").make(at: directory + "/b", now: 0)
            }
            _ = try await LogBackup(of: directory + "/data").make(at: directory + "/b", now: 0)
            await #expect(throws: LogFailure.self) {
                try await LogRestore(from: directory + "/b").make(in: directory + "/data")
            }
            #expect(throws: LogFailure.self) { try LogRestore(from: directory + "/data") }
        }
    }

    @Test func `What nobody approves gets no name, and what was left behind is taken away`()
        async throws
    {
        try await withDirectory { directory in
            await (try SQLiteLog.open(directory: directory + "/data")).close()
            let left = directory + "/.backup.partial"
            try FileManager.default.createDirectory(
                atPath: left + "/deep", withIntermediateDirectories: true)
            _ = try await LogBackup(of: directory + "/data").make(
                at: directory + "/backup", now: 0)
            #expect(!FileManager.default.fileExists(atPath: left))
            #expect(!FileManager.default.fileExists(atPath: directory + "/backup/deep"))
            struct No: Error {}
            await #expect(throws: No.self) {
                try await LogRestore(from: directory + "/backup").make(in: directory + "/new") {
                    folder in
                    #expect(FileManager.default.fileExists(atPath: folder + "/baton.db"))
                    throw No()
                }
            }
            #expect(!FileManager.default.fileExists(atPath: directory + "/new"))
        }
    }

    @Test func `A copy goes no faster than it may, and tells how far it is`() async throws {
        try await withDirectory { directory in
            let log = try SQLiteLog.open(directory: directory + "/data")
            let text = Sample(content: String(repeating: "x", count: 10_000))
            for counter in 1...40 as ClosedRange<UInt64> {
                try await log.push(phone, from: counter, [text], to: key("cust-1"))
            }
            let heard = Mutex<[Int]>([])
            let begun = ContinuousClock.now
            _ = try await LogBackup(of: directory + "/data").make(
                at: directory + "/backup", now: 0, pace: .init(bytesPerSecond: 1_000_000)
            ) { done, total in heard.withLock { $0 += [done, total] } }
            // 400 KB at a megabyte a second: never faster, however fast the disk is.
            #expect(begun.duration(to: .now) > .milliseconds(300))
            let last = heard.withLock { Array($0.suffix(2)) }
            #expect(last.count == 2 && last[0] == last[1] && last[0] > 400_000)
            await log.close()
        }
    }
}
