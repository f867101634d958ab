import BatonCore
import BatonLaws
import Testing

struct SetLeafTests {
    @Test func `An add wins over a remove that had not seen it`() throws {
        var world = TestWorld(devices: 2, TestSchemas.everything)
        try world.write(0, at: 1, change("thing/x", "/tags", .add("a")))
        world.syncAll()
        try world.write(0, at: 2, change("thing/x", "/tags", .add("a")))
        try world.write(1, at: 9, change("thing/x", "/tags", .remove("a")))
        #expect(try world.settled("thing/x") == #"{"tags":["a"]}"#)
    }

    @Test func `A remove takes what it saw, and stays done`() throws {
        var world = TestWorld(devices: 2, TestSchemas.everything)
        try world.write(
            0, at: 1, change("thing/x", "/tags", .add("b")), change("thing/x", "/tags", .add("a")))
        world.syncAll()
        try world.write(1, at: 2, change("thing/x", "/tags", .remove("a")))
        try world.write(0, at: 9, change("thing/x", "/latest", .set("unrelated")))
        #expect(try world.settled("thing/x") == #"{"latest":"unrelated","tags":["b"]}"#)
    }

    @Test func `A remove of what is not there changes nothing`() throws {
        var world = TestWorld(devices: 1, TestSchemas.everything)
        try world.write(0, at: 1, change("thing/x", "/tags", .remove("a")))
        #expect(try world.settled("thing/x") == "")
        #expect(world.log.folded(world.schemas).canonicalJSON == #"{"entities":{}}"#)
    }

    @Test func `A clear leaves what it had not seen`() throws {
        var world = TestWorld(devices: 2, TestSchemas.everything)
        try world.write(0, at: 1, change("thing/x", "/tags", .add("a")))
        world.syncAll()
        try world.write(0, at: 2, change("thing/x", "/tags", .clear))
        try world.write(1, at: 2, change("thing/x", "/tags", .add("b")))
        #expect(try world.settled("thing/x") == #"{"tags":["b"]}"#)
    }
}
