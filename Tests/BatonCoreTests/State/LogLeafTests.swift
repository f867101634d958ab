import BatonCore
import BatonLaws
import Testing

struct LogLeafTests {
    @Test func `Facts stand in the order of their times, whenever they arrive`() throws {
        var world = TestWorld(devices: 2, TestSchemas.everything)
        try world.write(0, at: 30, change("thing/x", "/facts", .append(.string("third"))))
        world.devices[0].push(to: &world.log)
        try world.write(
            1, at: 10, change("thing/x", "/facts", .append(.string("first"))),
            change("thing/x", "/facts", .append(.string("second"))))
        #expect(try world.settled("thing/x") == #"{"facts":["first","second","third"]}"#)
    }

    @Test func `The same fact twice is two facts`() throws {
        var world = TestWorld(devices: 2, TestSchemas.everything)
        try world.write(0, at: 1, change("thing/x", "/facts", .append(.string("seen"))))
        try world.write(1, at: 1, change("thing/x", "/facts", .append(.string("seen"))))
        #expect(try world.settled("thing/x") == #"{"facts":["seen","seen"]}"#)
    }
}
