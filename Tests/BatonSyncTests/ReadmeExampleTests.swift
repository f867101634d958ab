// What the README shows imports no more than an app would.
import BatonSync
import Foundation
import Synchronization
import Testing

/// The README's example compiles, runs, and stands in the README as it stands here.
@Suite struct `The README's example` {
    private let paper = Paper()

    @Test func `It shows a cart at once, and what another device puts in`() async throws {
        try await RealServer.run { server, token in
            let directory = try TemporaryDirectory()
            let path = directory.path + "/shop.sqlite"
            let app = Task { try await example(path: path, server: server, token: token) }
            #expect(
                try await eventually { paper.holds(#"["2 × Green tea"]"#) })
            let kiosk = try await SyncClient.open(
                store: .memory, server: server, channel: "store", token: .fixed(token))
            try await kiosk.stream("cust-8123").cart().add("cup", title: "Cup")
            try await kiosk.sync()
            #expect(
                try await eventually { paper.holds(#"["1 × Cup", "2 × Green tea"]"#) })
            try await kiosk.close()
            app.cancel()
            try await app.value
        }
    }

    @Test func `It is the same in the README`() throws {
        let here = try Self.lines(of: #filePath)
        let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let readme = try Self.lines(of: "/\(root)/README.md")
        let code = Self.between(here, "// example: begin", "// example: end")
            .map { $0.hasPrefix("        ") ? String($0.dropFirst(8)) : $0 }
        let shown = Self.between(
            readme, "<!-- sdk-example:begin -->", "<!-- sdk-example:end -->")
        // With the import, the ten lines that are promised.
        #expect(code.count == 9)
        #expect(shown == ["```swift", "import BatonSync", ""] + code + ["```"])
    }

    private func example(path: String, server: String, token: String) async throws {
        // example: begin
        let client = try await SyncClient.open(
            store: .file(path), server: server, channel: "app", token: .fixed(token))
        let cart = try client.stream("cust-8123").cart()
        try await cart.add("tea", quantity: 2, title: "Green tea", price: Money(499, "EUR"))
        print(cart.lines)  // at once, also with no network
        client.start()  // syncs by itself from now on; try await client.sync() does it by hand
        for await contents in cart.changes {  // whoever changed it, wherever
            print(contents.lines.map { "\($0.quantity) × \($0.title ?? $0.sku)" })
        }
        // example: end
        try await client.close()
    }

    /// Stands in for the one that writes to the terminal.
    private func print(_ value: some Sendable) { paper.print("\(value)") }

    private static func lines(of path: String) throws -> [String] {
        try String(contentsOfFile: path, encoding: .utf8)
            .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    private static func between(_ lines: [String], _ begin: String, _ end: String) -> [String] {
        let trimmed = lines.map { $0.trimmingCharacters(in: .whitespaces) }
        guard let first = trimmed.firstIndex(of: begin), let last = trimmed.firstIndex(of: end)
        else { return [] }
        return Array(lines[(first + 1)..<last])
    }
}

/// What the example prints.
private final class Paper: Sendable {
    private let lines = Mutex<[String]>([])

    func print(_ line: String) { lines.withLock { $0.append(line) } }

    func holds(_ line: String) -> Bool { lines.withLock { $0.contains(line) } }
}
