import BatonCore
import BatonLaws
import Testing

struct CountLeafTests {
    @Test func `Increments of all devices add up`() throws {
        var world = TestWorld(devices: 3, TestSchemas.everything)
        for index in 0..<3 {
            try world.write(index, at: 1, change("thing/x", "/most", .add(2)))
            try world.write(index, at: 2, change("thing/x", "/most", .add(-1)))
        }
        #expect(try world.settled("thing/x") == #"{"most":3}"#)
    }

    @Test func `A set takes only the increments that it saw`() throws {
        var world = TestWorld(devices: 2, TestSchemas.everything)
        try world.write(0, at: 1, change("thing/x", "/most", .add(5)))
        world.syncAll()
        try world.write(0, at: 2, change("thing/x", "/most", .set(2)))
        try world.write(1, at: 3, change("thing/x", "/most", .add(10)))
        #expect(try world.settled("thing/x") == #"{"most":12}"#)
        #expect(world.conflicts.isEmpty)
    }

    @Test(arguments: [("/most", 7), ("/least", 3), ("/recent", 5)] as [(String, Int64)])
    func `Of concurrent sets one is the base`(path: String, number: Int64) throws {
        var world = TestWorld(devices: 3, TestSchemas.everything)
        for (index, base) in [Int64(7), 3, 5].enumerated() {
            try world.write(index, at: Int64(index) + 1, change("thing/x", path, .set(base)))
        }
        #expect(try world.settled("thing/x") == "{\"\(path.dropFirst())\":\(number)}")
        #expect(world.conflicts.count == 1)
    }

    @Test func `A count shows no less than its floor`() throws {
        var world = TestWorld(devices: 2, TestSchemas.everything)
        try world.write(0, at: 1, change("thing/x", "/most", .add(-4)))
        try world.write(1, at: 1, change("thing/x", "/least", .add(-4)))
        #expect(try world.settled("thing/x") == #"{"least":-4,"most":0}"#)
    }

    @Test func `A clear takes what it saw and no more`() throws {
        var world = TestWorld(devices: 2, TestSchemas.everything)
        try world.write(0, at: 1, change("thing/x", "/most", .set(5)))
        world.syncAll()
        try world.write(0, at: 2, change("thing/x", "/most", .clear))
        try world.write(1, at: 2, change("thing/x", "/most", .add(1)))
        #expect(try world.settled("thing/x") == #"{"most":1}"#)
        try world.write(0, at: 3, change("thing/x", "/most", .clear))
        #expect(try world.settled("thing/x") == "")
    }

    @Test func `A sum stops at the largest exact integer in any order`() throws {
        var world = TestWorld(devices: 3, TestSchemas.everything)
        let limit: Int64 = 9_007_199_254_740_991
        try world.write(0, at: 1, change("thing/x", "/least", .add(limit)))
        try world.write(1, at: 1, change("thing/x", "/least", .add(limit)))
        try world.write(2, at: 1, change("thing/x", "/least", .add(-limit)))
        let value = try world.settled("thing/x")
        #expect(value == #"{"least":0}"#)
        try world.write(
            0, at: 2, change("thing/x", "/least", .add(5)), change("thing/x", "/least", .add(limit))
        )
        #expect(try world.settled("thing/x") == "{\"least\":0}")
    }
}
