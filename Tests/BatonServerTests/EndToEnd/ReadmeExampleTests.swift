import BatonSync
import Foundation
import Testing

@testable import BatonServer

/// The README's SDK example: the same lines, compiled and run against a server.
@Suite struct `The README's example` {
    @Test func `says what is compiled here`() throws {
        let here = try String(contentsOfFile: #filePath, encoding: .utf8)
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let readme = try String(
            contentsOf: root.appendingPathComponent("README.md"), encoding: .utf8)
        let shown = try lines(
            of: readme, between: "<!-- sdk-example:begin -->", "<!-- sdk-example:end -->"
        )
        .filter { !$0.hasPrefix("```") && $0 != "import BatonSync" }
        let compiled = try lines(
            of: here, between: "// sdk-example:" + "begin", "// sdk-example:" + "end")
        #expect(shown == compiled)
        #expect(compiled.count > 5)
    }

    private func lines(of text: String, between begin: String, _ end: String) throws -> [String] {
        let lines = text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
        let first = try #require(lines.firstIndex(of: begin))
        let last = try #require(lines.firstIndex(of: end))
        return Array(lines[(first + 1)..<last])
    }

    @Test func `runs: written offline, seen by another device`() async throws {
        try await TestServer.with(clock: TestClock(Int64(Date().timeIntervalSince1970 * 1000))) {
            server in
            let address = "http://127.0.0.1:\(server.port)"
            let token = try await server.token()
            try await withTemporaryFolder { folder in
                let other = try await SyncClient.open(
                    store: .memory, server: address, channel: "web", token: .fixed(token))
                let theirs = try other.stream("cust-8123").cart()
                try await theirs.add("cup", title: "Cup", price: Money(900, "EUR"))
                try await other.sync()

                let file = folder + "/shop.sqlite"
                // sdk-example:begin
                let client = try await SyncClient.open(
                    store: .file(file), server: address, channel: "app", token: .fixed(token))
                let cart = try client.stream("cust-8123").cart()
                try await cart.add("tea", quantity: 2, title: "Green tea", price: Money(499, "EUR"))
                print(cart.lines.map(\.sku))  // at once, also with no network
                client.start()  // syncs by itself from now on; or by hand: try await client.sync()
                for await contents in cart.changes {
                    print(contents.lines.map(\.sku))  // and again, whatever device changed it
                    if contents.lines.count > 1 { break }
                }
                try await client.close()
                // sdk-example:end

                try await other.sync()
                #expect(theirs.lines.map(\.sku) == ["cup", "tea"])
                try await other.close()
            }
        }
    }
}
