import Foundation
import Testing

/// `baton verify`, `backup` and `restore`, as ops run them: beside a live server, from another process.
@Suite struct `Care for a log` {
    private func run(_ arguments: String...) throws -> (text: String, status: Int32) {
        try Program.output(Program.path("baton"), arguments)
    }

    @Test func `Devices bring back what a restored backup lacks, after the server died`()
        async throws
    {
        try await withTemporaryFolder { folder in
            let (data, backup) = (folder + "/data", folder + "/backup")
            let first = try ServerProcess(data: data)
            let port = first.port
            func device(_ name: String, _ server: ServerProcess) throws -> DeviceProcess {
                try DeviceProcess(
                    store: "\(folder)/\(name)", server: server, channel: "app", stream: "cust-1")
            }
            var phone = try device("phone", first)
            var tablet = try device("tablet", first)
            try phone.tell("add shirt 1")
            try phone.tell("sync")
            try tablet.tell("sync")
            #expect(try run("verify", "--data", data).text.hasPrefix("sound: 1 streams"))
            let made = try run("backup", "--data", data, "--to", backup, "--json")
            #expect(made.status == 0 && made.text.contains(#""folder" : ""#), "\(made.text)")
            try phone.tell("add socks 2")
            try phone.tell("sync")
            try tablet.tell("sync")
            try tablet.tell("add hat 3")
            try tablet.tell("sync")
            first.kill()
            phone.kill()
            tablet.quit()

            let restored = folder + "/restored"
            #expect(try run("restore", backup, "--data", data).status == 1)
            let answer = try run("restore", backup, "--data", restored)
            #expect(answer.status == 0 && answer.text.contains("serve it"), "\(answer.text)")
            // Tokens outlive the log: the key lies beside it, and is not in the backup.
            try FileManager.default.copyItem(
                atPath: data + "/dev-keys.json", toPath: restored + "/dev-keys.json")
            let second = try ServerProcess(data: restored, port: port)
            phone = try device("phone", second)
            tablet = try device("tablet", second)
            try tablet.tell("sync")
            try phone.tell("sync")
            try tablet.tell("sync")
            let cart = try curl(second, "/v1/streams/cust-1/entities/cart/main")
            for (item, quantity) in [("shirt", 1), ("socks", 2), ("hat", 3)] {
                #expect(
                    cart.contains(
                        #""\#(item)":{"price":{"amount":1999,"currency":"EUR"},"#
                            + #""quantity":\#(quantity)"#), "\(item) in \(cart)")
            }
            #expect(try phone.tell("state") == tablet.tell("state"))
            phone.quit()
            tablet.quit()
            second.stop()
            #expect(try run("verify", "--data", restored).status == 0)
        }
    }

    @Test func `Verify names what is damaged, and ends with 1`() async throws {
        try await withTemporaryFolder { folder in
            let data = folder + "/data"
            let server = try ServerProcess(data: data)
            _ = try curl(
                server, "/v1/streams/cust-1/entities/cart/main",
                json: #"{"operations":[{"path":"/note","set":"remember the milk"}]}"#)
            #expect(try run("verify", "cust-1", "--tenant", "dev", "--data", data).status == 0)
            server.stop()
            let archive = folder + "/archive"
            #expect(
                try run("export", "--tenant", "dev", "--data", data, "--to", archive).status == 0)
            let file = URL(fileURLWithPath: data + "/baton.db")
            var bytes = try Data(contentsOf: file)
            let place = try #require(bytes.range(of: Data("the milk".utf8)))
            bytes[place.lowerBound] ^= 1
            try bytes.write(to: file)
            let found = try run("verify", "--data", data)
            #expect(found.status == 1)
            let named = "tenant dev, stream cust-1, offset 1: the entries from offset 1 on are"
            #expect(found.text.contains(named), "\(found.text)")
            let json = try run("verify", "--data", data, "--json")
            #expect(json.status == 1 && json.text.contains(#""offset" : 1"#))
            #expect(try run("verify", "nobody", "--tenant", "dev", "--data", data).status == 1)
            #expect(try run("verify", "cust-1", "--data", data).status == 2)
            #expect(try run("verify", "--data", data, "--repair").status == 1)
            let told = try run(
                "verify", "--data", data, "--archive", archive, "--repair", "--dry-run")
            #expect(told.status == 1 && told.text.contains("would mend"), "\(told.text)")
            let mended = try run("verify", "--data", data, "--archive", archive, "--repair")
            #expect(
                mended.status == 0
                    && mended.text.contains("1 rows of chunk restored from the archive"),
                "\(mended.text)")
            #expect(try run("verify", "--data", data).status == 0)
            #expect(try run("verify", "--data", folder + "/none").status == 1)
            #expect(try run("backup", "--data", data).status == 2)
        }
    }
}
