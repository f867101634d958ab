import BatonCore
import Foundation
import Logging
import Testing

@testable import BatonLog
@testable import BatonServer

/// What fails in the server, and not in a call, is told to the operator and not to the caller.
@Suite struct `A failure of the server` {
    /// Runs `body` against a log of which one chunk is damaged.
    private static func withDamage(
        _ body: @Sendable @escaping (TestServer, LogBook) async throws -> Void
    ) async throws {
        let sample = try SampleLog()
        try await sample.fill()
        try sample.run("UPDATE chunk SET received_at = received_at + 1 WHERE offset = 12")
        try sample.run("DELETE FROM snapshot")
        let book = LogBook()
        let engine = try SQLiteLog.open(directory: sample.home)
        try await TestServer.with(engine: engine, log: book) { server in
            try await body(server, book)
            withExtendedLifetime(sample) {}
        }
    }

    private static func failures(_ book: LogBook) -> [String] {
        book.take().filter { $0.contains("a request failed") }
    }

    @Test func `is told in the log with its cause, and whose it was`() async throws {
        try await Self.withDamage { server, book in
            let answer = try await server.call("GET", "/v1/streams/cust-1/events?after=")
            #expect(answer.status == 500 && answer.problem == "storage-failed")
            let line = try #require(Self.failures(book).first)
            #expect(line.hasPrefix("error a request failed"))
            for fact in [
                "cause=log-corrupt: ", "problem=storage-failed", "tenant=acme", "stream=cust-1",
                "route=GET /v1/streams/{stream}/events", "role=service",
            ] {
                #expect(line.contains(fact), "\(fact) in \(line)")
            }
            // The file and what SQLite said are none of the caller's business.
            #expect(!answer.text.contains("chunk") && !answer.text.contains("swift"))
        }
    }

    @Test func `in a part of a sync is told, too`() async throws {
        try await Self.withDamage { server, book in
            let answer = try await server.call(
                "POST", "/v1/sync", json: #"{"streams":[{"stream":"cust-9"},{"stream":"cust-1"}]}"#)
            #expect(answer.status == 200 && answer.text.contains("storage-failed"))
            let lines = Self.failures(book)
            #expect(lines.count == 1 && lines[0].contains("stream=cust-1"))
        }
    }

    @Test func `of who called is not told as one`() async throws {
        let book = LogBook()
        try await TestServer.with(log: book) { server in
            let unknown = try await server.call("GET", "/v1/streams/none/snapshot")
            let malformed = try await server.call("POST", "/v1/sync", json: "{")
            #expect(unknown.status == 404 && malformed.status == 400)
            #expect(Self.failures(book).isEmpty)
        }
    }

    @Test func `does not fill the disk, however often it comes`() {
        let book = LogBook()
        let log = PacedLog(now: { 0 })
        for _ in 0..<1_000 {
            log.tell(Problem(.unexpected, "x"), [:], to: .init(label: "test") { _ in book })
        }
        #expect(book.take().count == 200)
    }
}
