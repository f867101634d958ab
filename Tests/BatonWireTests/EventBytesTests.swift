import BatonCore
import SwiftProtobuf
import Testing

@testable import BatonWire

/// The fast reader of events says what the general decoder says, or refuses.
@Suite struct EventBytesTests {
    /// Random numbers under a seed (SplitMix64).
    private struct Dice: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }

        mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &self) }

        mutating func value(depth: Int = 0) -> Value {
            switch below(depth < 3 ? 6 : 4) {
            case 0: return .boolean(below(2) == 0)
            case 1:
                return .integer(Int64.random(in: -9_007_199_254_740_991...9_007_199_254_740_991))
            case 2: return .integer(Int64(below(200)) - 100)
            case 3: return .string(["", "a", "Grüße", "e\u{301}", "\u{1F6D2}"][below(5)])
            case 4: return .list((0..<below(4)).map { _ in value(depth: depth + 1) })
            default:
                var members: [ExactText: Value] = [:]
                for _ in 0..<below(4) {
                    members[ExactText("key-\(below(9))")] = value(depth: depth + 1)
                }
                return .object(members)
            }
        }

        mutating func action() -> Action {
            switch below(7) {
            case 0: return .set(value())
            case 1: return .clear
            case 2: return .add(value())
            case 3: return .remove(value())
            case 4: return .move(from: ["", "placed"][below(2)], to: "shipped")
            case 5: return .append(value())
            default:
                let dot = Dot(ReplicaID(high: 7, low: 1), Counter(rawValue: UInt64(below(9)) + 1))
                return .keep(
                    value(),
                    Origin(
                        dot: dot, offset: Offset(rawValue: UInt64(below(99))),
                        timestamp: Timestamp(milliseconds: 1_000, tick: UInt32(below(3)))))
            }
        }

        mutating func event(_ dot: Dot) throws -> Event {
            var beyond: [ReplicaID: Counter] = [:]
            for _ in 0..<below(3) {
                beyond[ReplicaID(high: 9, low: UInt64(below(9)) + 1)] =
                    Counter(rawValue: UInt64(below(99)) + 1)
            }
            var operations: [FieldOperation] = []
            for _ in 0...below(4) {
                operations.append(
                    FieldOperation(
                        try EntityID("cart/main"), FieldPath(["lines", "a/b~c", "title"]), action())
                )
            }
            return Event(
                dot: dot,
                context: Context(
                    replica: dot.replica,
                    own: Counter(rawValue: UInt64(below(Int(dot.counter.rawValue)))),
                    seen: Offset(rawValue: UInt64(below(300))), beyond: VersionVector(beyond)),
                timestamp: Timestamp(
                    milliseconds: 1_760_000_000_000 + Int64(below(999)), tick: UInt32(below(3))),
                channel: try ChannelName("app"), operations: operations)
        }
    }

    private let dot = Dot(ReplicaID(high: 7, low: 1), Counter(rawValue: 12))

    private func slowly(_ bytes: [UInt8]) throws -> Entry {
        try Entry(Protobuf.decode(Baton_V1_Event.self, from: bytes), dot: dot)
    }

    @Test func `Every kind of event reads the same both ways`() throws {
        for seed in 1...500 {
            var dice = Dice(state: UInt64(seed))
            let event = try dice.event(dot)
            let bytes = Protobuf.encode(event.message)
            let slow = Result { try slowly(bytes) }
            let fast = Result { try Entry(encoded: bytes, dot: dot) }
            switch (slow, fast) {
            case (.success(let slow), .success(let fast)):
                #expect(slow == fast && slow == .event(event), "seed \(seed)")
            case (.failure, .failure): break
            default: Issue.record("seed \(seed): \(slow) \(fast)")
            }
        }
    }

    @Test func `Damaged bytes are refused, or read the same both ways`() throws {
        var agreed = 0
        for seed in 1...4_000 {
            var dice = Dice(state: UInt64(seed) &* 77)
            var bytes = Protobuf.encode(try dice.event(dot).message)
            for _ in 0...dice.below(3) {
                switch dice.below(3) {
                case 0: bytes[dice.below(bytes.count)] = UInt8(dice.below(256))
                case 1: bytes.removeLast(dice.below(min(9, bytes.count)))
                default: bytes.insert(UInt8(dice.below(256)), at: dice.below(bytes.count + 1))
                }
                if bytes.isEmpty { bytes = [0] }
            }
            guard let fast = try? Entry(encoded: bytes, dot: dot) else { continue }
            agreed += 1
            #expect(throws: Never.self, "seed \(seed)") {
                let slow = try slowly(bytes)
                #expect(slow == fast, "seed \(seed)")
            }
        }
        // The test would show nothing if all damage were refused.
        #expect(agreed > 100)
    }

    /// A tag is a number of 32 bits: the general decoder takes five bytes of it and no more.
    @Test(
        arguments: [
            [0x88, 0x06, 0x01], [0x88, 0x86, 0x00, 0x01], [0x88, 0x86, 0x80, 0x80, 0x00, 0x01],
            [0x88, 0x86, 0x80, 0x80, 0x80, 0x00, 0x01], [0xF8, 0xFF, 0xFF, 0xFF, 0x0F, 0x01],
            [0xF8, 0xFF, 0xFF, 0xFF, 0x1F, 0x01],
        ] as [[UInt8]])
    func `A tag is as long for both readers as it may be`(field: [UInt8]) throws {
        var dice = Dice(state: 5)
        let bytes = Protobuf.encode(try dice.event(dot).message) + field
        let fast = try? Entry(encoded: bytes, dot: dot)
        #expect((fast != nil) == (field.count <= 6 && field != [0xF8, 0xFF, 0xFF, 0xFF, 0x1F, 1]))
        #expect(fast == (try? slowly(bytes)))
    }

    @Test func `A void record and an unknown action are read as such`() throws {
        let refusal = Refusal(.schemaViolation, "no")
        let void = Entry.encodedVoid(refusal, digest: [1, 2, 3])
        #expect(try Entry(encoded: void, dot: dot) == .void(dot, refusal))

        var newer = Baton_V1_Operation()
        newer.entity = "cart/main"
        newer.path = "/note"
        // Field 99, a varint: an action that this version does not know.
        var bytes = Protobuf.encode(newer)
        bytes += [0x98, 0x06, 0x01]
        var message = Baton_V1_Event()
        message.time = 1_000
        message.channel = "app"
        message.operations = [try Protobuf.decode(Baton_V1_Operation.self, from: bytes)]
        let encoded = Protobuf.encode(message)
        #expect(try Entry(encoded: encoded, dot: dot) == slowly(encoded))
    }

    @Test func `A field that comes twice where one may be is refused`() throws {
        var message = Baton_V1_Operation()
        message.entity = "cart/main"
        message.path = "/note"
        message.set = Value.string("a").message
        var other = Baton_V1_Operation()
        other.set = Value.string("b").message
        let operation = Protobuf.encode(message) + Protobuf.encode(other)
        var bytes: [UInt8] = [0x3A, UInt8(operation.count)]
        bytes += operation
        #expect(throws: WireFailure.self) { try Entry(encoded: bytes, dot: dot) }
    }

    /// The general decoder goes on in the middle of a key or a value that is of another kind than a map's.
    @Test(arguments: [(1, 1), (2, 1), (2, 5), (1, 0)])
    func `A member whose key or value is of another kind is refused`(field: Int, type: Int) throws {
        let name: [UInt8] = [0x0A, 1, 0x61]
        let value: [UInt8] = [0x12, 7, 0x1A, 5] + Array("hello".utf8)
        func encoded(_ member: [UInt8]) -> [UInt8] {
            let object = [0x0A, UInt8(member.count)] + member
            let set = [0x2A, UInt8(object.count)] + object
            var operation: [UInt8] = [0x0A, 9] + Array("cart/main".utf8)
            operation += [0x12, 5] + Array("/note".utf8) + [0x1A, UInt8(set.count)] + set
            return [0x20, 1, 0x32, 3] + Array("app".utf8) + [0x3A, UInt8(operation.count)]
                + operation
        }
        let sound = encoded(name + value)
        #expect(try Entry(encoded: sound, dot: dot) == slowly(sound))
        let size = [0: 1, 1: 8, 5: 4][type] ?? 0
        let other = [UInt8(field << 3 | type)] + [UInt8](repeating: 1, count: size)
        let failure = #expect(throws: WireFailure.self) {
            try Entry(encoded: encoded(name + value + other), dot: dot)
        }
        #expect(failure?.code == .malformedProtobuf)
    }
}
