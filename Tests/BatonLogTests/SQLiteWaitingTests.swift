import BatonCore
import Foundation
import Testing

@testable import BatonLog

/// Waiting for the lock of another process, and not waiting for the disk.
struct SQLiteWaitingTests {
    @Test func `A write waits until another connection lets go`() async throws {
        try await withDirectory { directory in
            await (try SQLiteLog.open(directory: directory)).close()
            let path = directory + "/baton.db"
            let one = try Connection(path: path, access: .write)
            let two = try Connection(path: path, access: .write)
            try one.run("BEGIN IMMEDIATE")
            let release = Thread {
                Thread.sleep(forTimeInterval: 0.3)
                try? one.run("ROLLBACK")
            }
            release.start()
            // Both kinds of waits are gone through: the short ones end after 10 ms.
            try two.run("BEGIN IMMEDIATE")
            try two.run("ROLLBACK")
            two.close()
        }
    }

    @Test(arguments: [0, 40] as [Int32])
    func `A write that waits too long fails, and not before`(patience: Int32) async throws {
        try await withDirectory { directory in
            await (try SQLiteLog.open(directory: directory)).close()
            let path = directory + "/baton.db"
            let one = try Connection(path: path, access: .write)
            let two = try Connection(path: path, access: .write)
            try one.run("BEGIN IMMEDIATE")
            two.wait(atMost: patience)
            let begun = ContinuousClock.now
            #expect(throws: LogFailure.self) { try two.run("BEGIN IMMEDIATE") }
            #expect(begun.duration(to: .now) >= .milliseconds(Int64(patience)))
            try one.run("ROLLBACK")
            try two.run("BEGIN IMMEDIATE; ROLLBACK")
            one.close()
            two.close()
        }
    }

    @Test func `What maintenance writes is seen by others, and lies in the files`()
        async throws
    {
        try await withDirectory { directory in
            let stream = try key("cust-1")
            let base = StoredSnapshot(offset: Offset(rawValue: 2), body: [1], stateHash: [3])
            let server = try SQLiteLog.open(directory: directory)
            try await server.push(phone, from: 1, ["a", "b", "c"], to: stream)
            var options = SQLiteLog.Options()
            options.purpose = .maintenance
            let tool = try SQLiteLog.open(directory: directory, options: options)
            try await tool.store(base, as: .base, for: stream)
            try await server.push(phone, from: 4, ["d"], to: stream)
            // As a killed process leaves it.
            let copy = directory + "/copy"
            try FileManager.default.createDirectory(
                atPath: copy, withIntermediateDirectories: true)
            for file in try FileManager.default.contentsOfDirectory(atPath: directory)
            where file.hasSuffix(".db") || file.hasSuffix("-wal") {
                try FileManager.default.copyItem(
                    atPath: "\(directory)/\(file)", toPath: "\(copy)/\(file)")
            }
            await tool.close()
            await server.close()
            let after = try SQLiteLog.open(directory: copy)
            #expect(try await after.snapshot(of: stream, .base) == base)
            #expect(try await after.head(of: stream).offset == Offset(rawValue: 4))
            #expect(try await after.check(stream) == nil)
            await after.close()
        }
    }

    @Test func `Steps are short while others write, and only of who can wait`() {
        var maintenance = Courtesy(isShown: true)
        let alone = (maintenance.bytesAStep, maintenance.pagesAStep)
        maintenance.noticeOthers()
        #expect(maintenance.bytesAStep < alone.0)
        #expect(maintenance.pagesAStep < alone.1)
        var service = Courtesy(isShown: false)
        service.noticeOthers()
        #expect(service.bytesAStep == alone.0)
        #expect(service.pagesAStep == alone.1)
    }

    @Test func `Compaction ends while another process goes on writing`() async throws {
        try await withDirectory { directory in
            let stream = try key("cust-1")
            let server = try SQLiteLog.open(directory: directory)
            let body = String(repeating: "x", count: 4_000)
            for counter in 1...40 as ClosedRange<UInt64> {
                try await server.push(phone, from: counter, [Sample(content: body)], to: stream)
            }
            var options = SQLiteLog.Options()
            options.purpose = .maintenance
            let tool = try SQLiteLog.open(directory: directory, options: options)
            let base = StoredSnapshot(offset: Offset(rawValue: 40), body: [1], stateHash: [3])
            try await tool.store(base, as: .base, for: stream)
            let writing = Task {
                var counter: UInt64 = 40
                while !Task.isCancelled {
                    counter += 1
                    try await server.push(phone, from: counter, ["b"], to: stream)
                }
                return counter
            }
            #expect(try await tool.compact(stream, through: Offset(rawValue: 40)) == base.offset)
            try await tool.shrink()
            writing.cancel()
            let written = try await writing.value
            #expect(try await server.head(of: stream).offset == Offset(rawValue: written))
            #expect(try await server.check(stream) == nil)
            await tool.close()
            await server.close()
        }
    }
}
