import BatonCore
import Foundation
import Testing

/// The journey with real processes: a server, devices of the SDK, and curl as a kiosk.
@Suite(.serialized) struct `With real processes` {
    @Test func `A phone, a kiosk and a phone that was offline end in the same bytes`() async throws
    {
        try await withTemporaryFolder { folder in
            let server = try ServerProcess(data: folder + "/data")
            let phone = try DeviceProcess(
                store: folder + "/phone", server: server, channel: "app", stream: "cust-1")
            let tablet = try DeviceProcess(
                store: folder + "/tablet", server: server, channel: "web", stream: "cust-1")

            try phone.tell("add shirt 1")
            try phone.tell("add shoes 1")
            try phone.tell("sync")
            try tablet.tell("sync")

            // The tablet is offline from here: it edits, and does not sync.
            try tablet.tell("add shirt 2")
            try tablet.tell("note gift")
            try tablet.tell("add socks 3")
            try phone.tell("add shirt 1")
            try phone.tell("sync")
            let kiosk = try curl(
                server, "/v1/streams/cust-1/entities/cart/main",
                json: #"{"channel":"store","operations":[{"path":"/lines","remove":"shoes"}]}"#)
            #expect(kiosk.contains("ACCEPTED"))
            _ = try curl(
                server, "/v1/streams/cust-1/entities/cart/main",
                json: #"{"channel":"store","operations":[{"path":"/coupons","add":"TEN"}]}"#)
            try phone.tell("add shoes 1")

            for _ in 0..<2 {
                try tablet.tell("sync")
                try phone.tell("sync")
            }
            let state = try phone.tell("state")
            #expect(try tablet.tell("state") == state)
            #expect(state.contains("gift") && state.contains("TEN"))

            let cart = try curl(server, "/v1/streams/cust-1/entities/cart/main")
            #expect(
                cart.contains(#""shirt":{"price":{"amount":1999,"currency":"EUR"},"quantity":4"#))
            #expect(
                cart.contains(#""socks":{"price":{"amount":1999,"currency":"EUR"},"quantity":3"#))
            // The kiosk removed what it saw; the phone, which had not seen that, added one.
            #expect(
                cart.contains(#""shoes":{"price":{"amount":1999,"currency":"EUR"},"quantity":1"#))

            // The server's state is the same too: a third device starts from it.
            let newcomer = try DeviceProcess(
                store: folder + "/new", server: server, channel: "app", stream: "cust-1")
            try newcomer.tell("sync")
            #expect(try newcomer.tell("state") == state)
            for device in [phone, tablet, newcomer] { device.quit() }
            #expect(server.stop() == 0)
        }
    }

    @Test func `L5 a server killed at any moment has lost nothing that it acknowledged`()
        async throws
    {
        try await withTemporaryFolder { folder in
            var server = try ServerProcess(data: folder + "/data")
            let port = server.port
            let phone = try DeviceProcess(
                store: folder + "/phone", server: server, channel: "app", stream: "cust-1")
            for round in 1...3 {
                for _ in 1...5 { try phone.tell("add shirt 1") }
                try phone.tell("sync")
                _ = try curl(
                    server, "/v1/streams/cust-1/entities/cart/main",
                    json: #"{"operations":[{"path":"/lines/shirt/quantity","add":1}]}"#)
                server.kill()
                // Written while there is no server; sent when there is one again.
                try phone.tell("add socks 1")
                server = try ServerProcess(data: folder + "/data", port: port)
                try phone.tell("sync")
                let cart = try curl(server, "/v1/streams/cust-1/entities/cart/main")
                #expect(cart.contains("\"quantity\":\(round * 6)"))
                #expect(
                    cart.contains(
                        #""socks":{"price":{"amount":1999,"currency":"EUR"},"quantity":\#(round)"#))
            }
            phone.quit()
            server.stop()
        }
    }

    @Test func `A device killed after a write has the write when it starts again`() async throws {
        try await withTemporaryFolder { folder in
            let server = try ServerProcess(data: folder + "/data")
            for round in 1...3 {
                let phone = try DeviceProcess(
                    store: folder + "/phone", server: server, channel: "app", stream: "cust-1")
                try phone.tell("add shirt 1")
                if round == 2 { try phone.tell("sync") }
                phone.kill()
            }
            let phone = try DeviceProcess(
                store: folder + "/phone", server: server, channel: "app", stream: "cust-1")
            try phone.tell("sync")
            let cart = try curl(server, "/v1/streams/cust-1/entities/cart/main")
            #expect(cart.contains(#""quantity":3"#))
            phone.quit()
            server.stop()
        }
    }

    @Test func `The line for curl that the server prints works when pasted`() async throws {
        try await withTemporaryFolder { folder in
            let baton = try Program.path("baton")
            let log = folder + "/out"
            let script = """
                '\(baton)' serve --dev --data '\(folder)/data' --listen 127.0.0.1:0 >'\(log)' & pid=$!
                for _ in $(seq 100); do grep -q ^curl '\(log)' && break; sleep 0.1; done
                eval "$(grep ^curl '\(log)')"
                kill $pid; wait $pid
                """
            let (text, status) = try Program.output("/bin/bash", ["-c", script])
            #expect(status == 0 && text.contains("ACCEPTED"), "\(text)")
        }
    }
}

@Suite struct `The command line` {
    private func run(_ arguments: String...) throws -> (text: String, status: Int32) {
        try Program.output(Program.path("baton"), arguments)
    }

    @Test(arguments: [
        [], ["serve"], ["token"], ["inspect"], ["inspect", "streams"], ["inspect", "events"],
        ["inspect", "entity"], ["inspect", "explain"], ["inspect", "conflicts"], ["verify"],
        ["backup"], ["restore"], ["schema"], ["schema", "check"], ["replay"], ["torture"],
        ["simulate"], ["small-world"], ["conformance"], ["bench"], ["bench", "push"],
        ["bench", "merge"],
        ["bench", "all"], ["bench", "catch-up"], ["bench", "bootstrap"], ["bench", "no-op"],
        ["bench", "live"], ["bench", "storage"], ["bench", "memory"], ["bench", "compaction"],
        ["bench", "start-up"],
    ])
    func `has help with an example for each command`(_ command: [String]) throws {
        let (text, status) = try Program.output(Program.path("baton"), command + ["--help"])
        #expect(status == 0)
        #expect(text.contains("USAGE: baton"))
        #expect(text.contains("baton \(command.joined(separator: " "))"), "no example in \(text)")
    }

    @Test func `Wrong usage ends with 2, a failure with 1, and both say what to do`() throws {
        #expect(try run("serve").status == 2)
        #expect(try run("serve", "--dev", "--listen", "0.0.0.0:1").status == 2)
        #expect(try run("no-such-command").status == 2)
        #expect(
            try run("token", "--keys", "/nowhere", "--tenant", "a", "--stream", "s").status == 1)
        let (text, status) = try run("inspect", "streams", "--data", "/nowhere")
        #expect(status == 1 && text.contains("--data"))
    }

    @Test func `Keys and tokens made here open the server`() async throws {
        try await withTemporaryFolder { folder in
            let keys = folder + "/keys.json"
            #expect(try run("token", "--new-key", keys).status == 0)
            #expect(try run("token", "--new-key", keys).status == 1)
            let mode = try FileManager.default.attributesOfItem(atPath: keys)[.posixPermissions]
            #expect(mode as? Int == 0o600)
            let (text, status) = try run(
                "token", "--keys", keys, "--tenant", "acme", "--role", "kiosk", "--stream",
                "cust-*",
                "--json")
            #expect(status == 0 && text.contains(#""role" : "kiosk""#))
        }
    }

    @Test func `Inspect explains why a quantity is what it is, beside a live server`() async throws
    {
        try await withTemporaryFolder { folder in
            let server = try ServerProcess(data: folder + "/data")
            let phone = try DeviceProcess(
                store: folder + "/phone", server: server, channel: "app", stream: "cust-1")
            try phone.tell("add shirt 1")
            try phone.tell("add shirt 2")
            try phone.tell("sync")
            phone.quit()
            let data = folder + "/data"
            let streams = try run("inspect", "streams", "--data", data, "--json")
            #expect(streams.status == 0 && streams.text.contains(#""stream" : "cust-1""#))
            let events = try run("inspect", "events", "cust-1", "--data", data)
            #expect(events.text.contains("/lines/shirt/quantity add 2"))
            let entity = try run("inspect", "entity", "cust-1", "cart/main", "--data", data)
            #expect(entity.text.contains("/lines/shirt/quantity  count max  = 3"))
            #expect(entity.text.contains("(no base, and 2 increments of together 3)"))
            let explained = try run(
                "inspect", "explain", "cust-1", "cart/main", "/lines/shirt/quantity", "--data",
                data)
            #expect(explained.status == 0 && explained.text.contains("/lines/shirt/quantity = 3"))
            #expect(explained.text.contains("contributes: add 2 by "))
            #expect(explained.text.contains(" on app at ") && !explained.text.contains("title"))
            let json = try run(
                "inspect", "explain", "cust-1", "cart/main", "--data", data, "--json")
            #expect(json.text.contains(#""part":"contributes""#))
            #expect(
                try run("inspect", "explain", "cust-1", "cart/none", "--data", data).status == 1)
            let conflicts = try run("inspect", "conflicts", "--data", data)
            #expect(conflicts.status == 0 && conflicts.text == "no conflicts\n")
            #expect(try run("inspect", "events", "nobody", "--data", data).status == 1)
            server.stop()
        }
    }
}
