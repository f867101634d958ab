import Foundation
import GRDB
import Testing

/// Each trouble that heals itself, with real processes: a server, and devices that say what they met.
@Suite struct `Trouble, with real processes` {
    private func device(
        _ name: String, in folder: String, _ server: ServerProcess, stream: String = "cust-1",
        clockAhead: Int = 0
    ) throws -> DeviceProcess {
        try DeviceProcess(
            store: "\(folder)/\(name)", server: server, channel: "app", stream: stream,
            clockAhead: clockAhead)
    }

    private func baton(_ arguments: String...) throws {
        let (text, status) = try Program.output(Program.path("baton"), arguments)
        guard status == 0 else { throw TestFailure("baton \(arguments[0]): \(text)") }
    }

    /// Syncs each of them twice, and expects the same state at all, with this cart.
    private func expect(
        cart: String, at devices: [DeviceProcess], sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        for _ in 1...2 { for device in devices { try device.tell("sync") } }
        let states = try devices.map { try $0.tell("state") }
        #expect(Set(states).count == 1, "\(states)", sourceLocation: sourceLocation)
        for device in devices {
            #expect(try device.tell("cart") == cart, sourceLocation: sourceLocation)
            #expect(try device.tell("pending") == "0", sourceLocation: sourceLocation)
        }
    }

    @Test func `replica-cloned: a backup of a store, restored on a second device`() async throws {
        try await withTemporaryFolder { folder in
            let server = try ServerProcess(data: folder + "/data")
            let phone = try device("phone", in: folder, server)
            try phone.tell("add shirt 1")
            try phone.tell("sync")
            // One event waits in the backup, and so is sent by both.
            try phone.tell("add hat 1")
            #expect(phone.quit() == 0)
            for file in try FileManager.default.contentsOfDirectory(atPath: folder)
            where file.hasPrefix("phone") {
                try FileManager.default.copyItem(
                    atPath: "\(folder)/\(file)",
                    toPath: "\(folder)/\(file.replacing("phone", with: "copy"))")
            }
            let one = try device("phone", in: folder, server)
            let two = try device("copy", in: folder, server)
            #expect(try one.tell("replica") == two.tell("replica"))
            try one.tell("add shirt 10")
            try two.tell("add shirt 100")
            try one.tell("sync")
            try two.tell("sync")
            try expect(cart: "hat=1 shirt=111", at: [one, two])
            #expect(try one.tell("trouble") == "none")
            #expect(try two.tell("trouble") == "replica-replaced")
            #expect(try one.tell("replica") != two.tell("replica"))
            server.stop()
        }
    }

    @Test func `clock-drift: a device a day ahead is corrected, and what it wrote sent`()
        async throws
    {
        try await withTemporaryFolder { folder in
            let server = try ServerProcess(data: folder + "/data")
            let day = 86_400_000
            let fast = try device("fast", in: folder, server, clockAhead: day)
            let phone = try device("phone", in: folder, server)
            try fast.tell("add shirt 1")
            try fast.tell("note fast")
            try fast.tell("sync")
            #expect(try fast.tell("trouble") == "clock-corrected")
            // A day ahead, "fast" would win over whatever is written today.
            try phone.tell("sync")
            try phone.tell("note phone")
            try expect(cart: "shirt=1", at: [phone, fast])
            #expect(try fast.tell("state").contains(#""phone""#))
            #expect(try phone.tell("trouble") == "none")
            #expect(fast.quit() == 0)
            // The correction is kept: no event is refused again.
            let again = try device("fast", in: folder, server, clockAhead: day)
            try again.tell("add shirt 1")
            try expect(cart: "shirt=2", at: [again, phone])
            #expect(try again.tell("trouble") == "none")
            server.stop()
        }
    }

    @Test func `stream-moved: a second device still writes to the adopted stream`() async throws {
        try await withTemporaryFolder { folder in
            let server = try ServerProcess(data: folder + "/data")
            let phone = try device("phone", in: folder, server, stream: "anon-1")
            let tablet = try device("tablet", in: folder, server, stream: "anon-1")
            try phone.tell("add shirt 1")
            try phone.tell("sync")
            try tablet.tell("sync")
            try tablet.tell("add shirt 2")
            try tablet.tell("add socks 3")
            #expect(phone.quit() == 0)

            let customer = try device("phone", in: folder, server)
            #expect(try customer.tell("adopt anon-1") == "true")
            #expect(try customer.tell("adopt anon-1") == "false")
            try tablet.tell("sync")
            #expect(try tablet.tell("trouble") == "stream-moved")
            let third = try device("third", in: folder, server)
            try expect(cart: "shirt=3 socks=3", at: [customer, third])
            #expect(try tablet.tell("pending") == "0")
            server.stop()
        }
    }

    @Test func `Below the horizon: the log was compacted while a device was away`() async throws {
        try await withTemporaryFolder { folder in
            let server = try ServerProcess(data: folder + "/data")
            let (phone, tablet) = (
                try device("phone", in: folder, server), try device("tablet", in: folder, server)
            )
            try phone.tell("add shirt 1")
            try phone.tell("add hat 1")
            try phone.tell("sync")
            try tablet.tell("sync")
            try tablet.tell("add socks 2")
            try phone.tell("remove hat")
            for _ in 1...5 { try phone.tell("add shirt 1") }
            try phone.tell("sync")
            try baton("compact", "--data", folder + "/data", "--keep-last", "0")
            #expect(try tablet.tell("sync") == "snapshots=1")
            try expect(cart: "shirt=6 socks=2", at: [tablet, phone])
            #expect(try tablet.tell("trouble") == "none")
            server.stop()
            try baton("verify", "--data", folder + "/data")
        }
    }

    @Test func `Hash mismatch: a line of the cart is gone from a device's store`() async throws {
        try await withTemporaryFolder { folder in
            let server = try ServerProcess(data: folder + "/data")
            let phone = try device("phone", in: folder, server)
            try phone.tell("add shirt 1")
            try phone.tell("sync")
            #expect(phone.quit() == 0)
            let store = try DatabaseQueue(path: folder + "/phone")
            try await store.write { database in
                try database.execute(sql: "DELETE FROM entity")
                #expect(database.changesCount == 1)
            }
            try store.close()
            let damaged = try device("phone", in: folder, server)
            #expect(try damaged.tell("cart") == "")
            try damaged.tell("add hat 1")
            try damaged.tell("sync")
            #expect(try damaged.tell("trouble") == "state-replaced")
            try expect(
                cart: "hat=1 shirt=1", at: [damaged, try device("other", in: folder, server)])
            server.stop()
        }
    }

    @Test func `A schema newer than the app: what only the newer one knows is learned`()
        async throws
    {
        try await withTemporaryFolder { folder in
            let server = try ServerProcess(data: folder + "/data")
            let phone = try device("phone", in: folder, server)
            try phone.tell("add shirt 1")
            try phone.tell("sync")
            #expect(server.stop() == 0)

            let schemas = folder + "/schemas"
            try FileManager.default.createDirectory(
                atPath: schemas, withIntermediateDirectories: true)
            let wishes =
                #"{"type":"wish","version":1,"fields":[{"name":"skus","rule":"set","type":"text"}]}"#
            try Data(wishes.utf8).write(to: URL(fileURLWithPath: schemas + "/wish.json"))
            let later = try ServerProcess(
                data: folder + "/data", port: server.port, arguments: ["--schemas", schemas])
            _ = try curl(
                later, "/v1/streams/cust-1/entities/wish/main",
                json: #"{"operations":[{"path":"/skus","add":"lamp"}]}"#)
            try phone.tell("add hat 1")
            let fresh = try device("fresh", in: folder, later)
            try expect(cart: "hat=1 shirt=1", at: [phone, fresh])
            #expect(try phone.tell("state").contains("lamp"))
            #expect(try phone.tell("trouble") == "none")
            #expect(phone.quit() == 0)
            // Learned is learned: also with no server in reach.
            later.stop()
            let alone = try device("phone", in: folder, later)
            #expect(try alone.tell("state").contains("lamp"))
        }
    }
}
