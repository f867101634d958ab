import BatonCore
import Testing

struct EventShapeTests {
    let replica = ReplicaID(high: 0, low: 1)

    func malformation(
        time: Int64 = 1, beyond: Int = 0, _ operations: [FieldOperation]
    ) throws -> String? {
        let vector = VersionVector(
            Dictionary(
                uniqueKeysWithValues: (0..<beyond).map {
                    (ReplicaID(high: 1, low: UInt64($0)), Counter(rawValue: 1))
                }))
        let context = Context(
            replica: replica, own: Counter(rawValue: 4), seen: .start, beyond: vector)
        return Event(
            dot: Dot(replica, Counter(rawValue: 5)), context: context,
            timestamp: Timestamp(milliseconds: time), channel: try ChannelName("app"),
            operations: operations
        ).malformation
    }

    @Test func `A plain event is well formed`() throws {
        #expect(try malformation([change("cart/main", "/note", .set("x"))]) == nil)
    }

    @Test func `An event says something, at a time, within the limits`() throws {
        let operation = try change("cart/main", "/note", .set("x"))
        #expect(try malformation([])?.contains("at least one") == true)
        #expect(
            try malformation(Array(repeating: operation, count: 1_001))?.contains("1000") == true)
        #expect(try malformation(time: 0, [operation])?.contains("time") == true)
        #expect(try malformation(time: .max, [operation])?.contains("time") == true)
        #expect(try malformation(beyond: 1_001, [operation])?.contains("context") == true)
    }

    @Test func `Values and paths keep to their limits, and the error names the place`() throws {
        let long = String(repeating: "x", count: 16 * 1_024 + 1)
        var deep = Value.integer(1)
        for _ in 0..<9 { deep = .list([deep]) }
        for (path, action, word) in [
            ("/note", .set(long), "16384"), ("/note", .set(.list([.string(long)])), "16384"),
            ("/note", .set(.null), "clear"), ("/note", .set(deep), "deep"),
            ("/gift", .set(.list([.boolean(true), .null])), "null"),
            ("/gift", .set(.object(["\u{e9}": "a", "e\u{301}": "b"])), "composed"),
            ("/gift", .add(.object(["a": .object(["b": .null])])), "null"),
            ("/note", .set(9_007_199_254_740_992), "±"),
            ("/lines//title", .set("x"), "1 to 256"),
            ("/lines/\(long.prefix(257))", .set("x"), "1 to 256"),
            (String(repeating: "/a", count: 17), .set("x"), "16"),
            ("/status", .move(from: "a", to: ExactText(long)), "256"),
        ] as [(String, Action, String)] {
            let reason = try malformation([change("cart/main", path, action)])
            #expect(reason?.contains(word) == true, "\(path)")
            #expect(reason?.hasPrefix("cart/main/") == true)
        }
    }

    @Test func `A keep names an earlier write and its time`() throws {
        func keep(_ low: UInt64, _ counter: UInt64, _ time: Int64) throws -> String? {
            let origin = Origin(
                dot: Dot(ReplicaID(high: 0, low: low), Counter(rawValue: counter)), offset: .start,
                timestamp: Timestamp(milliseconds: time))
            return try malformation([change("cart/main", "/note", .keep(.string("x"), origin))])
        }
        #expect(try keep(1, 4, 1) == nil)
        #expect(try keep(2, 99, 1) == nil)
        #expect(try keep(1, 5, 1)?.contains("earlier") == true)
        #expect(try keep(2, 0, 1)?.contains("dot") == true)
        #expect(try keep(2, 1, 0)?.contains("time") == true)
    }
}
