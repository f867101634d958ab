import BatonCore
import BatonLog
import BatonWire
import Testing

@testable import BatonServer

/// Fields that say how much they hold at most, through HTTP.
@Suite struct `A full field` {
    private static let schemas = SchemaSet(
        BuiltinSchemas.all.sorted + [
            Schema(
                type: "wish", version: 1,
                fields: [Field("items", .set(.text(longest: 9)), most: 2)])
        ])

    private func add(_ item: String) -> String {
        #"{"entity":"wish/w","path":"/items","add":"\#(item)"}"#
    }

    @Test func `takes no more from a thin client, not even the first`() async throws {
        try await TestServer.with(schemas: Self.schemas) { server in
            let three = ["a", "b", "c"].map(add).joined(separator: ",")
            let refused = try await server.write("c", "wish/w", three)
            #expect(refused.problem == "schema-violation")
            #expect(refused.text.contains("at most 2 are allowed"))
            #expect(try await server.write("c", "wish/w", add("a") + "," + add("b")).status == 200)
            #expect(try await server.write("c", "wish/w", add("b")).status == 200)
            #expect(try await server.write("c", "wish/w", add("c")).problem == "schema-violation")
        }
    }

    @Test
    func `takes from devices what they added while apart, and refuses what they saw too full`()
        async throws
    {
        try await TestServer.with(schemas: Self.schemas) { server in
            let phone = RawDevice(1, channel: "app", stream: "c")
            let tablet = RawDevice(2, channel: "web", stream: "c")
            let time = server.clock.now
            for (device, items) in [(phone, ["a", "b"]), (tablet, ["c", "d"])] {
                let answer = try await device.push(
                    [device.event(seen: 0, time: time, items.map(add).joined(separator: ","))],
                    to: server)
                #expect(answer.status == 200)
            }
            #expect(try await server.entity("c", "wish/w") == #"{"items":["a","b","c","d"]}"#)
            let more = try await phone.push(
                [phone.event(seen: 2, time: time, add("e"))], to: server)
            #expect(more.problem == "schema-violation")
            #expect(try await server.entity("c", "wish/w") == #"{"items":["a","b","c","d"]}"#)
            // A device that has not seen a removal is believed to have written what was right.
            try await server.write("c", "wish/w", #"{"path":"/items","remove":"a"}"#)
            let unknowing = try await phone.push(
                [phone.event(seen: 2, time: time, add("a"))], to: server)
            #expect(unknowing.status == 200)
        }
    }

    @Test func `A map entry that could no longer be edited in part is not written`() async throws {
        try await TestServer.with { server in
            let value = String(repeating: "x", count: 1_000)
            func attributes(_ range: Range<Int>) -> String {
                range.map { #"{"path":"/lines/tea/attributes/k\#($0)","set":"\#(value)"}"# }
                    .joined(separator: ",")
            }
            #expect(try await server.write("c", "cart/main", attributes(0..<28)).status == 200)
            let grown = try await server.write("c", "cart/main", attributes(28..<31))
            #expect(grown.problem == "schema-violation")
            #expect(grown.text.contains("use several entries"))
            let one = #"{"path":"/lines/tea/quantity","add":1}"#
            #expect(try await server.write("c", "cart/main", one).status == 200)
        }
    }
}
