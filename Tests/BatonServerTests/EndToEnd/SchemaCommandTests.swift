import Foundation
import Testing

/// `baton schema check` and `baton serve --schemas`, as processes.
struct SchemaCommandTests {
    private func baton(_ arguments: [String]) throws -> (text: String, status: Int32) {
        try Program.output(try Program.path("baton"), arguments)
    }

    private func write(_ text: String, _ name: String, in folder: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
    }

    /// The examples of the protocol.
    private var examples: String {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("protocol/schemas/examples").path
    }

    private let gift = #"{"type":"gift","version":1,"fields":[{"name":"note","rule":"count"}]}"#

    @Test func `The examples and the built-in documents are sound`() throws {
        let (text, status) = try baton(["schema", "check", examples])
        #expect(status == 0 && text.contains("loyalty, version 1"), "\(text)")
        let builtins = URL(fileURLWithPath: examples).deletingLastPathComponent().path
        let (own, ownStatus) = try baton(["schema", "check", builtins, "--json"])
        #expect(ownStatus == 0 && own.contains(#""ok" : true"#), "\(own)")
        #expect(own.contains(#""place" : "profile/name""#), "\(own)")
    }

    @Test func `What a document hides, and which calls it keeps, is told`() async throws {
        try await withTemporaryFolder { folder in
            try write(
                #"{"type":"gift","version":1,"readers":["customer","operator"],"#
                    + #""callers":{"adopt":["service"]},"fields":[{"name":"note","rule":"count","#
                    + #""readers":["customer","kiosk","associate","service","operator"]}]}"#,
                "gift.json", in: folder)
            let (text, status) = try baton(["schema", "check", folder])
            #expect(status == 0)
            for line in [
                "  gift: hidden from kiosk, associate, service",
                "  gift: adopt is kept from customer, kiosk, associate, operator",
                "  gift/note: hidden from nobody",
            ] { #expect(text.contains(line), "\(text)") }
        }
    }

    @Test func `What is wrong is named with file and place, all at once`() async throws {
        try await withTemporaryFolder { folder in
            try write(gift, "a.json", in: folder)
            try write(gift, "b.json", in: folder)
            try write(
                #"{"type":"T","version":1,"fields":[{"name":"x","rule":"sum"},{"name":"y"}]}"#,
                "c.json", in: folder)
            let (text, status) = try baton(["schema", "check", folder])
            #expect(status == 1)
            for line in [
                "b.json: /type: \(folder)/a.json declares the type gift already",
                "c.json: /fields/0/rule: \"sum\" is not one of register",
                "c.json: /fields/1: rule is missing", "c.json: not a valid entity type",
            ] { #expect(text.contains(line), "\(text)") }
            #expect(try baton(["schema", "check", "\(folder)/none.json"]).status == 1)
            #expect(try baton(["schema", "check"]).status == 2)
        }
    }

    @Test func `Typed Swift goes to standard output or a file, and what cannot be is told`()
        async throws
    {
        try await withTemporaryFolder { folder in
            let (text, status) = try baton(["schema", "swift", examples])
            #expect(status == 0 && text.hasPrefix("// Written by `baton schema swift`"), "\(text)")
            let (_, written) = try baton(
                ["schema", "swift", examples, "--public", "--output", "\(folder)/Shop.swift"])
            #expect(written == 0)
            let file = try String(contentsOfFile: "\(folder)/Shop.swift", encoding: .utf8)
            #expect(file.contains("public struct WishList: TypedEntity {"))
            let values = #"["a b","a-b"]"#
            let kind = #"{"name":"kind","rule":"set","type":"enumeration","values":\#(values)}"#
            try write(
                #"{"type":"gift","version":1,"fields":[\#(kind)]}"#, "two.json", in: folder)
            #expect(try baton(["schema", "swift", "\(folder)/two.json"]).status == 1)
            try write(#"{"type":"gift"}"#, "two.json", in: folder)
            #expect(try baton(["schema", "swift", "\(folder)/two.json"]).status == 1)
            #expect(try baton(["schema", "swift"]).status == 2)
        }
    }

    @Test func `A new version is held against the old one`() async throws {
        try await withTemporaryFolder { folder in
            try write(gift, "old.json", in: folder)
            let fields = #"[{"name":"note","rule":"count"},{"name":"to","rule":"count"}]"#
            try write(
                #"{"type":"gift","version":2,"fields":\#(fields)}"#, "more.json", in: folder)
            try write(
                #"{"type":"gift","version":2,"fields":[{"name":"to","rule":"count"}]}"#,
                "less.json", in: folder)
            func check(_ name: String, _ more: String...) throws -> (text: String, status: Int32) {
                try baton(
                    ["schema", "check", "\(folder)/\(name)", "--against", "\(folder)/old.json"]
                        + more)
            }
            let (added, addedStatus) = try check("more.json")
            #expect(addedStatus == 0 && added.contains("+ gift/to: the field is new"), "\(added)")
            let (gone, goneStatus) = try check("less.json", "--json")
            #expect(goneStatus == 1)
            let report = try #require(
                try JSONSerialization.jsonObject(with: Data(gone.utf8)) as? [String: Any])
            let changes = try #require(report["changes"] as? [[String: Any]])
            #expect(changes.map { $0["effect"] as? String } == ["breaking", "additive"])
            #expect(changes.map { $0["place"] as? String } == ["/note", "/to"])
            #expect(changes.last?["pointer"] as? String == "/fields/0")
        }
    }

    @Test func `Conflicts and explanations of a tenant's own entity are told at the command line`()
        async throws
    {
        try await withTemporaryFolder { folder in
            let data = "\(folder)/data"
            let server = try ServerProcess(data: data, arguments: ["--schemas", examples])
            let entity = "\(server.address)/v1/streams/c/entities/appointment/1"
            let curl = ["-sS", "-H", "Authorization: Bearer \(server.token)", "--json"]
            for body in [
                #"{"operations":[{"path":"/store","set":"Ulm"},{"path":"/wishes","append":"quiet"}]}"#,
                #"{"operations":[{"path":"/minutes","set":30}],"seen":1}"#,
                #"{"operations":[{"path":"/minutes","set":45}],"seen":1}"#,
            ] {
                let (answer, _) = try Program.output("/usr/bin/curl", curl + [body, entity])
                #expect(answer.contains("ACCEPTED"), "\(answer)")
            }
            let look = ["--data", data, "--schemas", examples]
            let (open, status) = try baton(["inspect", "conflicts", "c"] + look)
            #expect(status == 0)
            #expect(open.contains("c  appointment/1/minutes  register latest  open"), "\(open)")
            #expect(open.contains("picked    45 by ") && open.contains("overruled 30 by "))
            let (told, _) = try baton(["inspect", "explain", "c", "appointment/1"] + look)
            #expect(told.contains("/minutes = 45") && told.contains("later than "), "\(told)")
            #expect(told.contains(#"/wishes = {"redacted":true}"#) && !told.contains("quiet"))
            let (value, _) = try baton(["inspect", "entity", "c", "appointment/1"] + look)
            #expect(value.contains(#""wishes":{"redacted":true}"#) && !value.contains("quiet"))
            let (events, _) = try baton(["inspect", "events", "c"] + look)
            #expect(events.contains("/wishes append") && !events.contains("quiet"))

            let settle = #"{"operations":[{"path":"/minutes","set":40}]}"#
            _ = try Program.output("/usr/bin/curl", curl + [settle, entity])
            #expect(try baton(["inspect", "conflicts"] + look).text == "no conflicts\n")
            let (settled, _) = try baton(
                ["inspect", "conflicts", "--settled", "--json"] + look)
            #expect(settled.contains(#""status":"settled""#) && settled.contains(#""stream":"c""#))
            server.stop()
        }
    }

    @Test func `What a schema hides from operators the command line does not tell`() async throws {
        try await withTemporaryFolder { folder in
            let schemas = "\(folder)/schemas"
            try FileManager.default.createDirectory(
                atPath: schemas, withIntermediateDirectories: true)
            try write(
                #"{"type":"gift","version":1,"fields":[{"name":"note","rule":"count"},"#
                    + #"{"name":"to","rule":"register","type":"text","#
                    + #""readers":["customer","service"]}]}"#, "gift.json", in: schemas)
            let data = "\(folder)/data"
            let server = try ServerProcess(data: data, arguments: ["--schemas", schemas])
            let curl = ["-sS", "-H", "Authorization: Bearer \(server.token)", "--json"]
            for body in [
                #"{"operations":[{"path":"/to","set":"Eve"},{"path":"/note","add":1}]}"#,
                #"{"operations":[{"path":"/to","set":"Ada"}],"seen":0}"#,
            ] {
                let (answer, _) = try Program.output(
                    "/usr/bin/curl",
                    curl + [body, "\(server.address)/v1/streams/c/entities/gift/1"])
                #expect(answer.contains("ACCEPTED"), "\(answer)")
            }
            for look in [
                ["entity", "c", "gift/1"], ["explain", "c", "gift/1"], ["events", "c"],
                ["conflicts", "c"],
            ] {
                let (text, _) = try baton(["inspect"] + look + ["--data", data])
                #expect(!text.contains("Ada") && !text.contains("Eve"), "\(look): \(text)")
                #expect(!text.contains("/to"), "\(look): \(text)")
                #expect(look[0] == "conflicts" || text.contains("note"), "\(look): \(text)")
            }
            server.stop()
        }
    }

    @Test func `A server takes a tenant's own schemas, and none that breaks a built-in one`()
        async throws
    {
        try await withTemporaryFolder { folder in
            let server = try ServerProcess(
                data: "\(folder)/data", arguments: ["--schemas", examples])
            let entity = "\(server.address)/v1/streams/c/entities/wish-list/birthday"
            let wish = #"{"operations":[{"path":"/items/sku-1/wanted","add":2}]}"#
            let curl = ["-sS", "-H", "Authorization: Bearer \(server.token)"]
            let (answer, _) = try Program.output(
                "/usr/bin/curl", curl + ["--json", wish, entity])
            #expect(answer.contains("ACCEPTED"), "\(answer)")
            let (list, _) = try Program.output("/usr/bin/curl", curl + [entity])
            #expect(list == #"{"items":{"sku-1":{"wanted":2}}}"#)
            #expect(server.stop() == 0)

            let broken = "\(folder)/schemas"
            try FileManager.default.createDirectory(
                atPath: broken, withIntermediateDirectories: true)
            try write(
                #"{"type":"cart","version":2,"fields":[{"name":"lines","rule":"count"}]}"#,
                "cart.json", in: broken)
            let (text, status) = try baton([
                "serve", "--dev", "--data", "\(folder)/data", "--schemas", broken,
            ])
            #expect(status == 1)
            #expect(
                text.contains("cart.json: /fields/0: breaks the built-in cart: /lines: the rule"))
            let (check, checkStatus) = try baton(["schema", "check", broken])
            #expect(checkStatus == 1 && check.contains("! cart/coupons: the field is gone"))
        }
    }

    /// A folder below `folder` with these documents.
    private func folder(
        _ name: String, in folder: String, _ documents: (name: String, text: String)...
    ) throws -> String {
        for document in documents {
            let path = URL(fileURLWithPath: "\(folder)/\(name)/\(document.name)")
            try FileManager.default.createDirectory(
                at: path.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(document.text.utf8).write(to: path)
        }
        return "\(folder)/\(name)"
    }

    private func gift(_ version: Int, _ fields: String...) -> String {
        let fields = fields.map { #"{"name":"\#($0)","rule":"count"}"# }.joined(separator: ",")
        return #"{"type":"gift","version":\#(version),"fields":[\#(fields)]}"#
    }

    @Test func `What came into force is remembered, and a start that would break it is refused`()
        async throws
    {
        try await withTemporaryFolder { folder in
            let data = "\(folder)/data"
            let first = try self.folder(
                "first", in: folder, ("gift.json", gift(1, "a")),
                (
                    "dev/wish.json",
                    #"{"type":"wish","version":1,"fields":[{"name":"n","rule":"count"}]}"#
                ),
                ("other/gift.json", gift(2, "a", "z")))
            var server = try ServerProcess(data: data, arguments: ["--schemas", first])
            let curl = ["-sS", "-H", "Authorization: Bearer \(server.token)"]
            func entities(_ path: String) -> String {
                "\(server.address)/v1/streams/c/entities/\(path)"
            }
            let add = { (path: String) in #"{"operations":[{"path":"\#(path)","add":2}]}"# }
            for (entity, path) in [("gift/g", "/a"), ("wish/w", "/n")] {
                let (answer, _) = try Program.output(
                    "/usr/bin/curl", curl + ["--json", add(path), entities(entity)])
                #expect(answer.contains("ACCEPTED"), "\(answer)")
            }
            // The other tenant's field is no field of this one's.
            let (none, _) = try Program.output(
                "/usr/bin/curl", curl + ["--json", add("/z"), entities("gift/g")])
            #expect(none.contains("unknown-place"), "\(none)")
            #expect(server.stop() == 0)

            // A look at the log takes no --schemas.
            let (seen, _) = try baton(["inspect", "entity", "c", "wish/w", "--data", data])
            #expect(seen.contains(#""n":2"#), "\(seen)")

            let breaking = try self.folder(
                "breaking", in: folder, ("gift.json", gift(2, "b")),
                (
                    "dev/wish.json",
                    #"{"type":"wish","version":2,"fields":[{"name":"m","rule":"count"}]}"#
                ))
            let start = ["serve", "--dev", "--data", data, "--listen", "127.0.0.1:0"]
            let (text, status) = try baton(start + ["--schemas", breaking])
            #expect(status == 1)
            for line in [
                "breaking/gift.json: breaks what is in force for all tenants: /a: the field is gone",
                "breaking/dev/wish.json: breaks what is in force for tenant dev: /n: the field is gone",
                "give what is new another name",
            ] { #expect(text.contains(line), "\(text)") }
            let (checked, checkStatus) = try baton(
                ["schema", "check", breaking, "--data", data, "--json"])
            #expect(checkStatus == 1)
            #expect(checked.contains(#""place" : "/a""#) && checked.contains(#""tenant" : "dev""#))

            // Started without documents, it serves those that were in force.
            server = try ServerProcess(data: data)
            let (read, _) = try Program.output(
                "/usr/bin/curl",
                ["-sS", "-H", "Authorization: Bearer \(server.token)", entities("gift/g")])
            #expect(read == #"{"a":2}"#)
            #expect(server.stop() == 0)

            let adding = try self.folder("adding", in: folder, ("gift.json", gift(2, "a", "b")))
            let (added, addedStatus) = try baton(["schema", "check", adding, "--data", data])
            #expect(addedStatus == 0 && added.contains("+ gift/b: the field is new"), "\(added)")
            server = try ServerProcess(data: data, arguments: ["--schemas", adding])
            let (more, _) = try Program.output(
                "/usr/bin/curl",
                [
                    "-sS", "-H", "Authorization: Bearer \(server.token)", "--json", add("/b"),
                    entities("gift/g"),
                ])
            #expect(more.contains("ACCEPTED"), "\(more)")
            #expect(server.stop() == 0)
        }
    }

    @Test func `A tenant's folder is checked against that tenant's documents before`() async throws
    {
        try await withTemporaryFolder { folder in
            let old = try self.folder(
                "old", in: folder, ("gift.json", gift(1, "a")),
                ("acme/gift.json", gift(2, "a", "b")))
            let new = try self.folder(
                "new", in: folder, ("gift.json", gift(2, "a", "c")),
                ("acme/gift.json", gift(3, "a", "c")))
            let (text, status) = try baton(["schema", "check", new, "--against", old])
            #expect(status == 1)
            #expect(text.contains("acme/gift.json: gift, version 3, of tenant acme"), "\(text)")
            #expect(text.contains("  + gift/c: the field is new"))
            #expect(text.contains("  ! acme: gift/b: the field is gone"))
            #expect(!text.contains("  ! gift"))
            _ = try self.folder("new", in: folder, ("No Tenant/gift.json", gift(1, "a")))
            let (named, _) = try baton(["schema", "check", new])
            #expect(named.contains("No Tenant: a folder bears the name of the tenant"), "\(named)")
            #expect(
                try baton(["schema", "check", new, "--against", old, "--data", "x"]).status == 2)
        }
    }
}
