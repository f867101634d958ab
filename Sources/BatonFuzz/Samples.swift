import BatonArchive
import BatonCore
import BatonLog
import BatonSync
import BatonWire
import SwiftProtobuf

/// Small inputs of every form, for chance to begin with.
enum Samples {
    private static let replica = ReplicaID(high: 0x8F14_E45F_CEEA_167A, low: 0x5A36_DEDD_4BEA_2543)
    private static let other = ReplicaID(high: 1, low: 2)

    /// Where a single event stands.
    static let dot = Dot(replica, Counter(rawValue: 5))

    /// Events of one replica from its first on, of every action.
    static var events: [Event] { get throws { try [event(5, operations)] } }

    private static var operations: [FieldOperation] {
        get throws {
            let cart = try EntityID("cart/main")
            func operation(_ pointer: String, _ action: Action) -> FieldOperation {
                FieldOperation(cart, FieldPath(pointer: pointer) ?? FieldPath([]), action)
            }
            let price = Value.object(["amount": .integer(499), "currency": "EUR"])
            return [
                operation("/lines/tea/price", .set(price)),
                operation("/lines/tea/quantity", .add(.integer(2))),
                operation("/lines/tea/quantity", .add(.integer(-1))),
                operation("/lines/mug", .clear),
                operation("/coupons", .add("SPRING")), operation("/coupons", .remove("WINTER")),
                operation(
                    "/notes",
                    .append(.object(["text": "as a gift", "list": .list([.boolean(true)])]))),
                FieldOperation(
                    try EntityID("order/o-1"), FieldPath(["status"]),
                    .move(from: "open", to: "paid")),
            ]
        }
    }

    private static func event(_ counter: UInt64, _ operations: [FieldOperation]) throws -> Event {
        Event(
            dot: Dot(replica, Counter(rawValue: counter)),
            context: Context(
                replica: replica, own: Counter(rawValue: counter - 1),
                seen: Offset(rawValue: counter - 1),
                beyond: VersionVector([other: Counter(rawValue: 3)])),
            timestamp: Timestamp(milliseconds: 1_770_000_000_000 + Int64(counter), tick: 1),
            channel: try ChannelName("app"), operations: operations)
    }

    private static func events(from first: UInt64) throws -> [Event] {
        try (first...first + 3).map { try event($0, operations) }
    }

    private static func batch() throws -> Baton_V1_Batch {
        let events = try events(from: 1)
        return .with {
            $0.replica = replica.description
            $0.counter = 1
            $0.events = events.map(\.message)
        }
    }

    /// A push of some events.
    static func push() throws -> [UInt8] {
        let batch = try batch()
        return Protobuf.encode(Baton_V1_PushRequest.with { $0.batch = batch })
    }

    /// The events of that push.
    static func pushed() throws -> [Event] { try events(from: 1) }

    /// A sync of two streams, of which one pushes.
    static func sync() throws -> [UInt8] {
        let batch = try batch()
        return Protobuf.encode(
            Baton_V1_SyncRequest.with {
                $0.streams = [
                    .with {
                        $0.stream = "cust-1"
                        $0.push = batch
                        $0.after = "4f3a2b-3"
                        $0.replica = replica.description
                    },
                    .with {
                        $0.stream = "cust-2"
                        $0.limit = 7
                    },
                ]
            })
    }

    /// Two replicas' writes to the same places, neither of which has seen the other's, and a write that
    /// has seen one of them and keeps it.
    static func fold() throws -> [UInt8] {
        let cart = try EntityID("cart/main")
        let tea = FieldPath(["lines", "tea", "quantity"])
        let mug = FieldPath(["lines", "mug", "note"])
        let status = try FieldOperation(
            EntityID("order/o-1"), FieldPath(["status"]), .move(from: "paid", to: "cancelled"))
        let first = Origin(
            dot: Dot(other, Counter(rawValue: 1)), offset: Offset(rawValue: 5),
            timestamp: Timestamp(milliseconds: 1_770_000_000_001))
        let writes: [[FieldOperation]] = [
            [
                FieldOperation(cart, tea, .set(.integer(9_007_199_254_740_991))), status,
                FieldOperation(cart, mug, .set("blue")),
            ],
            [
                FieldOperation(cart, FieldPath(["lines"]), .remove("tea")),
                FieldOperation(cart, mug, .keep("blue", first)),
            ],
        ]
        let messages = try writes.enumerated().map { index, operations in
            let counter = Counter(rawValue: UInt64(index) + 1)
            let event = Event(
                dot: Dot(other, counter),
                context: Context(
                    replica: other, own: Counter(rawValue: UInt64(index)),
                    seen: Offset(rawValue: UInt64(index) * 4)),
                timestamp: Timestamp(milliseconds: 1_770_000_000_001 + Int64(index)),
                channel: try ChannelName("web"), operations: operations)
            return event.message
        }
        let batch = try batch()
        return Protobuf.encode(
            Baton_V1_SyncRequest.with {
                $0.streams = [
                    .with { $0.push = batch },
                    .with {
                        $0.push = .with {
                            $0.replica = other.description
                            $0.counter = 1
                            $0.events = messages
                        }
                    },
                ]
            })
    }

    /// The answer to a sync, with a snapshot and a batch.
    static func answer() throws -> [UInt8] {
        var batch = try batch()
        batch.offset = 5
        let state = try Protobuf.decode(Baton_V1_State.self, from: state())
        let hash = StateHash(of: try folded()).description
        return Protobuf.encode(
            Baton_V1_SyncResponse.with {
                $0.serverTime = 1_770_000_000_000
                $0.streams = [
                    .with {
                        $0.stream = "cust-1"
                        $0.pulled = .with {
                            $0.batches = [batch]
                            $0.snapshot = .with {
                                $0.state = state
                                $0.offset = 4
                                $0.stateHash = hash
                            }
                            $0.cursor = "4f3a2b-9"
                        }
                    }
                ]
            })
    }

    /// The answer to a push of the device's events: each verdict, and the omitted batch.
    static func verdicts() throws -> [UInt8] {
        let count = UInt64(try pushed().count)
        return Protobuf.encode(
            Baton_V1_SyncResponse.with {
                $0.serverTime = 1_770_000_000_000
                $0.streams = [
                    .with {
                        $0.stream = "cust-1"
                        $0.pushed.verdicts = (1...count).map { counter in
                            .with {
                                $0.counter = counter
                                $0.outcome = .accepted
                                $0.offset = counter
                            }
                        }
                        $0.pulled = .with {
                            $0.cursor = "4f3a2b-4"
                            $0.head = count
                            $0.batches = [
                                .with {
                                    $0.replica = replica.description
                                    $0.counter = 1
                                    $0.offset = 1
                                    $0.omitted = UInt32(count)
                                }
                            ]
                        }
                    }
                ]
            })
    }

    /// A device that has written the events, and has no answer yet.
    static func device() throws -> StreamReplica {
        let events = try pushed()
        return StreamReplica(
            stream: try StreamID("cust-1"), schemas: BuiltinSchemas.all, replica: replica,
            nextCounter: Counter(rawValue: UInt64(events.count) + 1),
            outbox: events.map { PendingEvent($0, encoded: $0.encoded, saw: nil) })
    }

    private static func folded() throws -> StreamState {
        var state = StreamState()
        for (index, event) in try events(from: 1).enumerated() {
            state.apply(
                .event(event), at: Offset(rawValue: UInt64(index) + 1), schemas: BuiltinSchemas.all)
        }
        return state
    }

    /// The state that the events make.
    static func state() throws -> [UInt8] { Protobuf.encode(try folded().message) }

    /// The events' frames.
    static func frames() throws -> [UInt8] {
        var body: [UInt8] = []
        for event in try events(from: 5) { EventFrames.append(event.encoded, to: &body) }
        return body
    }

    /// Whose events they are.
    static func stream() throws -> StreamKey {
        StreamKey(tenant: try TenantID("acme"), stream: try StreamID("cust-1"))
    }

    /// A segment of an archive that holds the events.
    static func segment() throws -> ArchivedSegment {
        var body: [UInt8] = []
        let events = try events(from: 1)
        for event in events { EventFrames.append(event.encoded, to: &body) }
        let chunk = Chunk(
            replica: replica, counter: Counter(rawValue: 1), offset: Offset(rawValue: 1),
            count: events.count, body: body, receivedAt: 1_770_000_000_000)
        return try ArchivedSegment(
            stream: stream(), chainBefore: LogChain.start,
            vectorBefore: VersionVector([other: Counter(rawValue: 3)]), chunks: [chunk])
    }

    /// A snapshot of an archive.
    static func archivedSnapshot() throws -> ArchivedSnapshot {
        let state = try folded()
        return ArchivedSnapshot(
            stream: try stream(), chain: LogChain.start,
            stored: StoredSnapshot(
                offset: state.offset, body: Protobuf.encode(state.message),
                stateHash: StateHash(of: state).bytes), voids: [])
    }
}
