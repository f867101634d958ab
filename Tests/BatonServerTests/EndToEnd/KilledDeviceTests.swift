import BatonSync
import Testing

/// A device that is killed at every single change that it makes to its store's files, one after another,
/// against a real server: what it had acknowledged is there, once, and it goes on.
@Suite struct `A device killed at every write` {
    /// What a cart shows after each of the commands.
    private static let story = [
        (command: "add A 1", cart: "A=1"),
        (command: "sync", cart: "A=1"),
        (command: "add B 2", cart: "A=1 B=2"),
        (command: "remove A", cart: "B=2"),
        (command: "sync", cart: "B=2"),
        (command: "add B 1", cart: "B=3"),
        (command: "sync", cart: "B=3"),
    ]

    @Test func `loses nothing and doubles nothing`() async throws {
        try await withTemporaryFolder(inMemory: true) { folder in
            let server = try ServerProcess(data: folder + "/data")
            var change = 0
            var hasDied = true
            while hasDied {
                change += 1
                hasDied = try await liveAndDie(at: change, server, in: folder)
                if change > 2_000 { throw TestFailure("it dies at every write, without end") }
            }
            // The story takes that many changes at least; fewer would mean that none were seen.
            #expect(change > 40)
            print("killed at each of \(change - 1) changes")
            #expect(server.stop() == 0)
        }
    }

    /// Tells the story until the device dies, then opens its store again. Returns whether it died.
    private func liveAndDie(
        at change: Int, _ server: ServerProcess, in folder: String
    ) async throws -> Bool {
        let (store, stream) = ("\(folder)/phone-\(change).sqlite", "cust-\(change)")
        let device = try DeviceProcess(
            store: store, server: server, channel: "app", stream: stream, dyingAt: change)
        var told = 0
        for chapter in Self.story {
            guard (try? device.tell(chapter.command)) == "ok" else { break }
            told += 1
        }
        let hasDied = device.quit() != 0

        let again = try DeviceProcess(
            store: store, server: server, channel: "app", stream: stream)
        let cart = try again.tell("cart")
        // What was under way may have been done, or not; what was told is done.
        let before = told == 0 ? "" : Self.story[told - 1].cart
        let allowed = [before, Self.story[min(told, Self.story.count - 1)].cart]
        #expect(allowed.contains(cart), "killed at change \(change), after \(told) commands")
        try again.tell("sync")
        try again.tell("sync")
        #expect(try again.tell("cart") == cart, "killed at change \(change)")
        #expect(try again.tell("trouble") == "none", "killed at change \(change)")
        // A device that has nothing sees what the log has.
        let witness = try await SyncClient.open(
            store: .memory, server: server.address, channel: "web", token: .fixed(server.token))
        try await witness.sync(StreamID(stream))
        let seen = try witness.stream(stream).cart().lines.map { "\($0.sku)=\($0.quantity)" }
        #expect(seen.joined(separator: " ") == cart, "killed at change \(change)")
        try await witness.close()
        again.quit()
        return hasDied
    }
}
