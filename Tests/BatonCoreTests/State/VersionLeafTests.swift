import BatonCore
import BatonLaws
import Testing

struct VersionLeafTests {
    func concurrent(_ path: String, _ actions: [Action?]) throws -> TestWorld {
        var world = TestWorld(devices: actions.count, TestSchemas.everything)
        for (index, action) in actions.enumerated() {
            guard let action else { continue }
            try world.write(index, at: 100 + Int64(index), change("thing/x", path, action))
        }
        return world
    }

    @Test(arguments: [
        ("/latest", #"{"latest":"c"}"#), ("/all", #"{"all":["b","c"]}"#),
        ("/strictest", #"{"strictest":"b"}"#),
    ]) func `Each pick chooses its own of concurrent texts`(path: String, value: String) throws {
        var world = try concurrent(path, [.set("b"), .set("c")])
        #expect(try world.settled("thing/x") == value)
    }

    @Test func `The greatest and the least are picked by value, not by time`() throws {
        var low = try concurrent("/lowest", [.set(1), .set(5), .set(3)])
        #expect(try low.settled("thing/x") == #"{"lowest":1}"#)
        #expect(low.conflicts == ["/lowest register min 1/5/3"])
        let euro = Action.set(Money(9, "EUR").value)
        var high = try concurrent("/highest", [.set(Money(10, "EUR").value), euro, euro])
        #expect(try high.settled("thing/x").contains(#""amount":10"#))
    }

    @Test func `A value beats a concurrent clear, except by time`() throws {
        var strict = try concurrent("/strictest", [.set("z"), .clear])
        #expect(try strict.settled("thing/x") == #"{"strictest":"z"}"#)
        var low = try concurrent("/lowest", [.set(4), .clear])
        #expect(try low.settled("thing/x") == #"{"lowest":4}"#)
        var latest = try concurrent("/latest", [.set("a"), .clear])
        #expect(try latest.settled("thing/x") == "{}")
        #expect(latest.conflicts == [#"/latest register latest cleared/"a""#])
    }

    @Test func `Writes of the same value are no conflict`() throws {
        var world = try concurrent("/latest", [.set("a"), .set("a")])
        #expect(try world.settled("thing/x") == #"{"latest":"a"}"#)
        #expect(world.conflicts.isEmpty)
    }

    @Test func `Of equal times the higher replica stands`() throws {
        var world = TestWorld(devices: 2, TestSchemas.everything)
        try world.write(1, at: 100, change("thing/x", "/latest", .set("high")))
        try world.write(0, at: 100, change("thing/x", "/latest", .set("low")))
        #expect(try world.settled("thing/x") == #"{"latest":"high"}"#)
    }

    @Test func `The last of two writes in one event stands`() throws {
        var world = TestWorld(devices: 1, TestSchemas.everything)
        try world.write(
            0, at: 1, change("thing/x", "/latest", .set("a")),
            change("thing/x", "/latest", .set("b")))
        #expect(try world.settled("thing/x") == #"{"latest":"b"}"#)
    }

    @Test func `Two moves in one event are one, from where the first began`() throws {
        var world = TestWorld(devices: 1, TestSchemas.everything)
        try world.write(
            0, at: 1, change("thing/x", "/stage", .move(from: "", to: "new")),
            change("thing/x", "/stage", .move(from: "new", to: "open")))
        #expect(try world.settled("thing/x") == #"{"stage":"open"}"#)
        #expect(world.log.folded(world.schemas).canonicalJSON.contains(#""from":"","#))
    }

    @Test func `Of concurrent moves the state with precedence stands, not the later one`() throws {
        var world = TestWorld(devices: 3, TestSchemas.everything)
        try world.write(0, at: 1, change("thing/x", "/stage", .move(from: "new", to: "open")))
        world.syncAll()
        try world.write(1, at: 5, change("thing/x", "/stage", .move(from: "open", to: "done")))
        try world.write(2, at: 9, change("thing/x", "/stage", .move(from: "open", to: "stopped")))
        #expect(try world.settled("thing/x") == #"{"stage":"done"}"#)
        #expect(world.conflicts == [#"/stage workflow "done"/"stopped""#])
        // Who has seen both may settle it, also towards the weaker state.
        try world.write(0, at: 9, change("thing/x", "/stage", .move(from: "done", to: "stopped")))
        #expect(try world.settled("thing/x") == #"{"stage":"stopped"}"#)
        #expect(world.conflicts.isEmpty)
    }
}
