import BatonCore
import BatonLaws
import Testing

struct KeepsTests {
    let line = "/lines/a"

    func keeps(
        _ world: TestWorld, _ device: Int, _ operations: FieldOperation...
    ) -> [String] {
        world.devices[device].view.keeps(for: operations, schemas: world.schemas).map {
            guard case .keep(let value, let origin) = $0.action else { return "no keep" }
            return "\($0.path) \(value.canonicalJSON) \(origin.dot.counter)@\(origin.offset)"
        }
    }

    func filled() throws -> TestWorld {
        var world = TestWorld(devices: 3, TestSchemas.everything)
        try world.write(
            0, at: 10, change("thing/x", "\(line)/title", .set("T")),
            change("thing/x", "\(line)/quantity", .add(1)),
            change("thing/x", "\(line)/marks", .add("m")),
            change("thing/x", "\(line)/marks", .add("n")),
            change("thing/x", "\(line)/attributes/size", .set("L")),
            change("thing/x", "\(line)/parts/p/title", .set("P")),
            change("thing/x", "\(line)/stage", .move(from: "", to: "new")))
        world.syncAll()
        return world
    }

    @Test func `An edit keeps all else that lives in its entry, but no counts`() throws {
        let world = try filled()
        #expect(
            try keeps(world, 1, change("thing/x", "\(line)/title", .set("U"))) == [
                #"/lines/a/attributes/size "L" 1@1"#, #"/lines/a/marks "m" 1@1"#,
                #"/lines/a/marks "n" 1@1"#, #"/lines/a/parts/p/title "P" 1@1"#,
                #"/lines/a/stage "new" 1@1"#,
            ])
    }

    @Test func `What an event writes or removes itself it does not keep`() throws {
        let world = try filled()
        let kept = try keeps(
            world, 1, change("thing/x", "\(line)/marks", .remove("m")),
            change("thing/x", "\(line)/attributes", .remove("size")),
            change("thing/x", "\(line)/parts", .clear),
            change("thing/x", "\(line)/stage", .move(from: "new", to: "open")))
        #expect(kept == [#"/lines/a/marks "n" 1@1"#, #"/lines/a/title "T" 1@1"#])
    }

    @Test func `An event that removes the entry keeps nothing of it`() throws {
        let world = try filled()
        #expect(
            try keeps(
                world, 1, change("thing/x", "/lines", .remove("a")),
                change("thing/x", "\(line)/title", .set("new"))
            ).isEmpty)
        #expect(
            try keeps(
                world, 1, change("thing/x", "/lines", .clear),
                change("thing/x", "\(line)/title", .set("new"))
            ).isEmpty)
        #expect(try keeps(world, 1, change("thing/x", "/lines", .remove("a"))).isEmpty)
    }

    @Test func `Several edits of one entry keep the rest once, and other entries not at all`()
        throws
    {
        var world = try filled()
        try world.write(0, at: 11, change("thing/x", "/lines/b/title", .set("B")))
        world.syncAll()
        let kept = try keeps(
            world, 1, change("thing/x", "\(line)/quantity", .add(1)),
            change("thing/x", "\(line)/quantity", .add(1)),
            change("thing/x", "/latest", .set("x")), change("thing/x", "\(line)/marks", .add("m")))
        #expect(kept.filter { $0.contains("title \"T\"") }.count == 1)
        #expect(!kept.contains { $0.contains("/lines/b") || $0.contains("\"m\"") })
    }

    @Test func `A field that this version does not know keeps the entry too`() throws {
        let world = try filled()
        #expect(try !keeps(world, 1, change("thing/x", "\(line)/gift", .set("yes"))).isEmpty)
        #expect(try keeps(world, 1, change("thing/x", "/gift", .set("yes"))).isEmpty)
    }

    @Test func `An entry edited while it is removed is whole, nested maps and sets too`() throws {
        var world = try filled()
        try world.write(1, at: 20, change("thing/x", "\(line)/title", .set("U")))
        try world.write(2, at: 30, change("thing/x", "/lines", .remove("a")))
        #expect(
            try world.settled("thing/x") == """
                {"lines":{"a":{"attributes":{"size":"L"},"marks":["m","n"],\
                "parts":{"p":{"title":"P"}},"stage":"new","title":"U"}}}
                """)
    }

    @Test func `A keep gives way to a write that had seen what it keeps`() throws {
        var world = try filled()
        try world.write(1, at: 90, change("thing/x", "\(line)/quantity", .add(1)))
        try world.write(2, at: 20, change("thing/x", "\(line)/title", .set("V")))
        #expect(try world.settled("thing/x").contains(#""title":"V""#))
        #expect(world.conflicts.isEmpty)
    }

    @Test func `Both sides of a conflict are kept`() throws {
        var world = try filled()
        try world.write(1, at: 20, change("thing/x", "\(line)/title", .set("V")))
        try world.write(2, at: 21, change("thing/x", "\(line)/title", .set("W")))
        world.syncAll()
        try world.write(0, at: 30, change("thing/x", "\(line)/quantity", .add(1)))
        try world.write(1, at: 31, change("thing/x", "/lines", .remove("a")))
        #expect(try world.settled("thing/x").contains(#""title":"W""#))
        #expect(world.conflicts == [#"/lines/a/title register latest "W"/"V""#])
    }

    @Test func `A keep of a write that was still pending gives way as well`() throws {
        var world = TestWorld(devices: 2, TestSchemas.everything)
        // Both go out in one push, but the other device pulls between them.
        try world.write(0, at: 10, change("thing/x", "\(line)/peak", .set(9)))
        try world.write(0, at: 20, change("thing/x", "\(line)/quantity", .add(1)))
        world.devices[0].push(to: &world.log)
        world.devices[1].pull(from: world.log, upTo: 1)
        try world.write(1, at: 15, change("thing/x", "\(line)/peak", .set(2)))
        #expect(
            try world.settled("thing/x") == #"{"lines":{"a":{"peak":2,"quantity":1}}}"#)
        #expect(world.conflicts.isEmpty)
    }

    @Test func `Nobody makes a value newer by keeping it`() throws {
        var world = TestWorld(devices: 2, TestSchemas.everything)
        try world.write(0, at: 10, change("thing/x", "\(line)/title", .set("mine")))
        let origin = Origin(
            dot: Dot(world.devices[0].replica, Counter(rawValue: 1)), offset: .start,
            timestamp: Timestamp(milliseconds: 4_000_000_000_000))
        try world.write(
            0, at: 20, change("thing/x", "/lines", .remove("a")),
            change("thing/x", "\(line)/title", .keep(.string("forged"), origin)))
        try world.write(1, at: 21, change("thing/x", "\(line)/title", .set("honest")))
        #expect(try world.settled("thing/x").contains("honest"))
    }

    @Test func `Of keeps that say different things of one write the lowest dot is believed`()
        throws
    {
        var world = TestWorld(devices: 4, TestSchemas.everything)
        try world.write(0, at: 10, change("thing/x", "\(line)/title", .set("true")))
        world.syncAll()
        try world.write(0, at: 20, change("thing/x", "/lines", .remove("a")))
        let origin = Origin(
            dot: Dot(world.devices[0].replica, Counter(rawValue: 1)), offset: Offset(rawValue: 1),
            timestamp: Timestamp(milliseconds: 10))
        for (device, text) in [(3, "d"), (1, "b"), (2, "c")] {
            let keep = Action.keep(.string(text), origin)
            try world.devices[device].write(
                at: 30, keeping: false, [change("thing/x", "\(line)/title", keep)])
            // The one that is lowest arrives neither first nor last.
            world.devices[device].push(to: &world.log)
        }
        #expect(try world.settled("thing/x") == #"{"lines":{"a":{"title":"b"}}}"#)
    }
}
