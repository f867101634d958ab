import BatonCore
import BatonLog
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
            let issue = [
                "token", "--keys", keys, "--tenant", "acme", "--role", "kiosk", "--stream",
                "cust-*",
            ]
            let baton = try Program.path("baton")
            let (json, status) = try Program.output(baton, issue + ["--json"])
            #expect(status == 0 && json.contains(#""role" : "kiosk""#))
            let token = try Program.output(baton, issue).text
                .trimmingCharacters(in: .whitespacesAndNewlines)

            let server = try ServerProcess(data: folder + "/data", arguments: ["--keys", keys])
            func write(_ stream: String, _ token: String) throws -> String {
                try Program.output(
                    "/usr/bin/curl",
                    [
                        "-sS", "-w", " %{http_code}", "-H", "Authorization: Bearer \(token)",
                        "--json", #"{"operations":[{"path":"/note","set":"x"}]}"#,
                        server.address + "/v1/streams/\(stream)/entities/cart/main",
                    ]
                ).text
            }
            let written = try write("cust-1", token)
            #expect(written.contains("ACCEPTED") && written.hasSuffix(" 200"), "\(written)")
            #expect(try write("other", token).hasSuffix(" 403"))
            // Of the same claims, but signed with a key that the server has not.
            let other = folder + "/other.json"
            #expect(try run("token", "--new-key", other).status == 0)
            let forged = try Program.output(baton, issue + ["--keys", other]).text
            #expect(
                try write("cust-1", forged.trimmingCharacters(in: .newlines)).hasSuffix(" 401"))
            server.stop()
        }
    }

    @Test func `A server's folder is its owner's alone, also with --dev`() async throws {
        try await withTemporaryFolder { folder in
            for (name, arguments) in [("dev", []), ("keys", ["--keys", folder + "/keys.json"])] {
                if name == "keys" {
                    #expect(try run("token", "--new-key", folder + "/keys.json").status == 0)
                }
                let data = "\(folder)/\(name)"
                let server = try ServerProcess(data: data, arguments: arguments)
                let mode = try FileManager.default.attributesOfItem(atPath: data)[.posixPermissions]
                #expect(mode as? Int == 0o700, "\(name)")
                server.stop()
            }
        }
    }

    @Test func `The examples of serve can be pasted`() throws {
        let help = try run("serve", "--help").text.split(separator: "\n")
        let goesOn = try #require(help.firstIndex { $0.contains("--listen 0.0.0.0:8377") })
        #expect(help[goesOn].hasSuffix(" \\"))
        #expect(help[goesOn + 1].contains(" --tls-cert chain.pem --tls-key key.pem"))
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

/// A folder that is all that the user of `baton restore` may write to: a service's, a volume of a container.
@Suite struct `A log restored into an empty folder` {
    /// A backup of a log of three files, with what lies beside them, and an empty folder.
    private struct Place {
        let backup: String
        let target: String
        var hidden: String { target + "/.restore" }

        init(_ folder: String, with companions: [String] = ["schemas.json", "revoked.json"])
            async throws
        {
            backup = folder + "/backup"
            target = folder + "/volume/log"
            var options = SQLiteLog.Options()
            options.files = 3
            let log = try SQLiteLog.open(directory: folder + "/data", options: options)
            await log.close()
            for name in companions {
                try Data("{}".utf8).write(to: URL(fileURLWithPath: "\(folder)/data/\(name)"))
            }
            _ = try await LogBackup(of: folder + "/data").make(at: backup, now: 0)
            try FileManager.default.createDirectory(
                atPath: target, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o755])
        }

        func names(in folder: String? = nil) throws -> [String] {
            try FileManager.default.contentsOfDirectory(atPath: folder ?? target).sorted()
        }

        func restore() throws -> (text: String, status: Int32) {
            try Program.output(
                Program.path("baton"), ["restore", backup, "--data", target])
        }

        /// Makes the log of the backup, without the command.
        func make(approve: (String) async throws -> Void = { _ in }) async throws {
            _ = try await LogRestore(from: backup).make(in: target, approve: approve)
        }
    }

    private static let files = [
        "baton-1.db", "baton-2.db", "baton.db", "revoked.json", "schemas.json",
    ]

    private static func facts(of path: String) throws -> (number: UInt64, rights: UInt32) {
        var facts = stat()
        guard stat(path, &facts) == 0 else { throw TestFailure("there is no \(path)") }
        return (UInt64(facts.st_ino), UInt32(facts.st_mode & 0o777))
    }

    @Test func `is put together in it: nothing is written beside it, and it is its owner's alone`()
        async throws
    {
        try await withTemporaryFolder { folder in
            let place = try await Place(folder)
            let before = try Self.facts(of: place.target).number
            try await place.make { (partial: String) async throws in
                #expect(partial == place.hidden)
                #expect(try Self.facts(of: partial).rights == 0o700)
                #expect(LogRestore.isBrokenOff(in: place.target))
                #expect(try place.names(in: folder + "/volume") == ["log"])
            }
            #expect(try place.names() == Self.files)
            #expect(!LogRestore.isBrokenOff(in: place.target))
            // The same folder, not another in its place: that would take the right to change its parent.
            #expect(try Self.facts(of: place.target).number == before)
            #expect(try place.names(in: folder + "/volume") == ["log"])
            #expect(try Self.facts(of: place.target).rights == 0o700)
            for name in Self.files {
                let path = "\(place.target)/\(name)"
                #expect(try Self.facts(of: path).rights == 0o600, "\(name)")
            }
            await (try SQLiteLog.open(directory: place.target)).close()
            await #expect(throws: LogFailure.self) { try await place.make() }
        }
    }

    @Test func `leaves it empty where nobody approves`() async throws {
        try await withTemporaryFolder { folder in
            let place = try await Place(folder)
            struct No: Error {}
            await #expect(throws: No.self) { try await place.make { _ in throw No() } }
            #expect(try place.names() == [])
        }
    }

    @Test(arguments: 0...files.count)
    func `is no log while files are missing, is not served, and is made anew`(_ moved: Int)
        async throws
    {
        try await withTemporaryFolder { folder in
            let place = try await Place(folder)
            try await place.make()
            // Back to where a run that was killed would have left it: the first file comes last.
            try FileManager.default.createDirectory(
                atPath: place.hidden, withIntermediateDirectories: false)
            let order = Self.files.filter { $0 != "baton.db" } + ["baton.db"]
            for name in order.dropFirst(moved) {
                try FileManager.default.moveItem(
                    atPath: "\(place.target)/\(name)", toPath: "\(place.hidden)/\(name)")
            }
            let isWhole = moved == order.count
            #expect(LogRestore.isBrokenOff(in: place.target) == !isWhole)
            if isWhole {
                #expect(try place.restore().status == 1, "nothing is written over")
                await (try SQLiteLog.open(directory: place.target)).close()
                return
            }
            let left = try place.names()
            let baton = try Program.path("baton")
            for options in [[], ["--check-config"]] {
                let (text, status) = try Program.output(
                    baton, ["serve", "--dev", "--data", place.target] + options)
                #expect(status == 1 && text.contains("was broken off"), "\(text)")
            }
            #expect(try place.names() == left)
            // What nobody's restore has left is not taken away.
            let own = place.target + "/own.txt"
            try Data().write(to: URL(fileURLWithPath: own))
            #expect(try place.restore().text.contains("is not empty"))
            #expect(try place.names() == (left + ["own.txt"]).sorted())
            try FileManager.default.removeItem(atPath: own)
            try await place.make()
            #expect(try place.names() == Self.files)
            await (try SQLiteLog.open(directory: place.target)).close()
        }
    }

    @Test func `is whole or can be had again, whenever the command is killed`() async throws {
        try await withTemporaryFolder { folder in
            let place = try await Place(folder, with: [])
            let begun = ContinuousClock.now
            let first = try place.restore()
            #expect(first.status == 0, "\(first.text)")
            let taken = begun.duration(to: .now)
            for turn in 1...8 {
                for name in try place.names() {
                    try FileManager.default.removeItem(atPath: "\(place.target)/\(name)")
                }
                let process = Process()
                process.executableURL = URL(fileURLWithPath: try Program.path("baton"))
                process.arguments = ["restore", place.backup, "--data", place.target]
                process.standardOutput = FileHandle.nullDevice
                process.standardError = FileHandle.nullDevice
                try process.run()
                try await Task.sleep(for: taken * turn / 8)
                kill(process.processIdentifier, SIGKILL)
                process.waitUntilExit()
                if try !place.names().contains("baton.db") {
                    let again = try place.restore()
                    #expect(again.status == 0, "\(again.text)")
                }
                await (try SQLiteLog.open(directory: place.target)).close()
                #expect(!LogRestore.isBrokenOff(in: place.target))
            }
        }
    }
}
