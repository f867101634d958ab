import BatonCore
import BatonLaws
import Testing

struct CanonicalTests {
    @Test func `The canonical state says every live dot`() throws {
        var world = TestWorld(devices: 2, TestSchemas.everything)
        try world.write(
            0, at: 5, change("thing/x", "/latest", .set("a")), change("thing/x", "/most", .set(2)),
            change("thing/x", "/most", .add(1)), change("thing/x", "/tags", .add("t")),
            change("thing/x", "/facts", .append(.string("f"))),
            change("thing/x", "/stage", .move(from: "", to: "new")))
        try world.write(1, at: 4, change("thing/x", "/latest", .clear))
        _ = try world.settled("thing/x")
        let one = "00000000000000000000000000000001:1"
        let two = "00000000000000000000000000000002:1"
        #expect(
            world.log.folded(world.schemas).canonicalJSON == """
                {"entities":{"thing/x":{"fields":{\
                "facts":[{"dot":"\(one)","time":[5,0],"value":"f"}],\
                "latest":[{"dot":"\(one)","time":[5,0],"value":"a"},\
                {"dot":"\(two)","time":[4,0],"value":null}],\
                "most":{"bases":[{"dot":"\(one)","number":2}],\
                "increments":[{"dot":"\(one)","number":1}]},\
                "stage":[{"dot":"\(one)","from":"","time":[5,0],"value":"new"}],\
                "tags":[{"dots":["\(one)"],"value":"t"}]}}}}
                """)
    }
}
