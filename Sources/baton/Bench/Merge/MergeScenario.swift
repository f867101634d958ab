import BatonCore
import BatonWire

/// A history to fold: entries in the order of a log, and the schemas that say how.
struct MergeScenario {
    /// The scenario's name in the report.
    let name: String
    /// What it is, in words.
    let description: String
    /// The events in the order of the log; the first stands at offset 1.
    let events: [Event]
    /// The schemas in force.
    let schemas: SchemaSet
    /// How many events were asked for; orders have a few less where these do not come out even.
    var size = 0

    /// How many operations the events have, keeps among them.
    var operations: Int { events.reduce(0) { $0 + $1.operations.count } }

    /// All scenarios, each of about `events` events.
    static func all(events: Int) throws -> [MergeScenario] {
        [
            try smallChanges(events: events), try busyCart(events: events),
            try orders(events: events), try profile(events: events),
            try manyReplicas(events: events, replicas: 1_000),
        ].map {
            var scenario = $0
            scenario.size = events
            return scenario
        }
    }

    /// One replica writes registers in a map of 1,000 keys: the least that an event can be.
    static func smallChanges(events: Int) throws -> MergeScenario {
        let schema = Schema(
            type: "map", version: 1,
            fields: [Field("entries", .map(.register(ValueType.anyInteger, .latest)))])
        var writers = try MergeWriters(count: 1, schemas: SchemaSet([schema]), exchange: events)
        let entity = try EntityID("map/main")
        for index in 0..<events {
            let key = ExactText("k\(index * 7919 % 1_000)")
            try writers.write(0, [(entity, ["entries", key], .set(.integer(Int64(index))))])
        }
        return writers.scenario("small changes", "a register set in a map of 1,000 keys")
    }

    /// Four devices on one cart of 50 lines: increments, quantities set, notes, removals.
    static func busyCart(events: Int) throws -> MergeScenario {
        var writers = try MergeWriters(count: 4, schemas: BuiltinSchemas.all, exchange: 16)
        let cart = try EntityID("cart/main")
        for index in 0..<events {
            let sku = ExactText("sku-\(10_000 + index * 31 % 50)")
            func at(_ field: ExactText) -> [ExactText] { ["lines", sku, field] }
            var changes: [MergeWriters.Change]
            switch index % 20 {
            case 0:
                changes = [
                    (cart, at("title"), .set("Linen shirt, blue, 42")),
                    (cart, at("quantity"), .add(.integer(1))),
                ]
            case 5, 15: changes = [(cart, at("quantity"), .set(.integer(Int64(index % 7 + 1))))]
            case 10: changes = [(cart, at("note"), .set("gift wrap"))]
            case 19: changes = [(cart, ["lines"], .remove(.text(sku)))]
            default: changes = [(cart, at("quantity"), .add(.integer(1)))]
            }
            if index < 50 {
                changes.append(
                    (cart, at("price"), .set(Money(1_999, "EUR").value)))
            }
            try writers.write(index % 4, changes)
        }
        return writers.scenario("busy cart", "4 devices, 50 lines, with the keeps of each edit")
    }

    /// Orders of three lines each, moved along by the shop.
    static func orders(events: Int) throws -> MergeScenario {
        var writers = try MergeWriters(count: 3, schemas: BuiltinSchemas.all, exchange: 1)
        let states: [ExactText] = ["", "placed", "processing", "ready", "collected"]
        for index in 0..<(events / 4) {
            let order = try EntityID(type: "order", id: "main-\(index + 1)")
            for step in 0..<4 {
                var changes: [MergeWriters.Change] = [
                    (order, ["status"], .move(from: states[step], to: states[step + 1]))
                ]
                for line in 0..<(step == 0 ? 3 : 0) {
                    let sku = ExactText("sku-\(index % 100 + line)")
                    changes.append((order, ["lines", sku, "title"], .set("Linen shirt")))
                    changes.append((order, ["lines", sku, "quantity"], .set(.integer(1))))
                }
                try writers.write(step % 3, changes)
            }
        }
        return writers.scenario("orders", "placed, processed, ready, collected; 3 lines each")
    }

    /// One profile that is edited again and again, from three devices: fields, consents, tags and
    /// 20 addresses.
    static func profile(events: Int) throws -> MergeScenario {
        var writers = try MergeWriters(count: 3, schemas: BuiltinSchemas.all, exchange: 8)
        let profile = try EntityID("profile/main")
        let fields: [ExactText] = ["name", "email", "phone"]
        let parts: [ExactText] = ["name", "street", "city", "postcode", "country"]
        for index in 0..<events {
            let text = Value.string("value \(index)")
            let change: MergeWriters.Change
            switch index % 4 {
            case 0: change = (profile, [fields[index / 4 % 3]], .set(text))
            case 1: change = (profile, ["tags"], .add(.string("tag \(index % 30)")))
            case 2:
                let consent = ExactText("consent-\(index / 4 % 12)")
                change = (profile, ["consents", consent], .set(.string("given")))
            default:
                let address = ExactText("address-\(index / 4 % 20)")
                change = (profile, ["addresses", address, parts[index / 80 % 5]], .set(text))
            }
            try writers.write(index % 3, [change])
        }
        return writers.scenario("profile", "3 devices: fields, consents, tags, 20 addresses")
    }

    /// A stream that many replicas have written to, a few events each.
    static func manyReplicas(events: Int, replicas: Int) throws -> MergeScenario {
        var writers = try MergeWriters(
            count: replicas, schemas: BuiltinSchemas.all, exchange: replicas * 4)
        let cart = try EntityID("cart/main")
        for index in 0..<events {
            let sku = ExactText("sku-\(10_000 + index % 200)")
            try writers.write(
                index % replicas, [(cart, ["lines", sku, "quantity"], .add(.integer(1)))])
        }
        return writers.scenario(
            "\(replicas) replicas", "each adds to lines of one cart, seldom in touch")
    }
}

/// Replicas that write to one log, each on top of what it had pulled when they last met.
///
/// All of them pull at once every few events: so their views are equal but for their own events,
/// and one state serves for all, however many they are. Keeps are made from that state; a scenario
/// does not let a replica edit an entry twice between two meetings where keeps are due.
struct MergeWriters {
    /// An entity, a path in it, and what is done there.
    typealias Change = (entity: EntityID, path: [ExactText], action: Action)

    private let schemas: SchemaSet
    private let exchange: Int
    private let channel: ChannelName
    private let replicas: [ReplicaID]
    private var own: [Counter]
    private var events: [Event] = []
    /// What all had pulled when they last met.
    private var met = StreamState()

    /// `count` replicas that meet every `exchange` events.
    init(count: Int, schemas: SchemaSet, exchange: Int) throws {
        self.schemas = schemas
        self.exchange = exchange
        channel = try ChannelName("app")
        // Spread over all bits, as random ids are: they must not compress better than those.
        replicas = (1...UInt64(count)).map {
            ReplicaID(
                high: $0 &* 0x9E37_79B9_7F4A_7C15, low: ($0 ^ 0xBF58) &* 0xBF58_476D_1CE4_E5B9)
        }
        own = Array(repeating: .none, count: count)
    }

    /// One event of one replica.
    mutating func write(_ index: Int, _ changes: [Change]) throws {
        let operations = changes.map { FieldOperation($0.entity, FieldPath($0.path), $0.action) }
        let dot = Dot(replicas[index], own[index].next)
        own[index] = dot.counter
        events.append(
            Event(
                dot: dot,
                context: Context(
                    replica: dot.replica, own: Counter(rawValue: dot.counter.rawValue - 1),
                    seen: met.offset),
                timestamp: Timestamp(milliseconds: 1_763_798_400_000 + Int64(events.count) * 1_237),
                channel: channel,
                operations: operations + met.keeps(for: operations, schemas: schemas)))
        guard events.count % exchange == 0 else { return }
        for place in Int(met.offset.rawValue)..<events.count {
            met.apply(
                .event(events[place]), at: Offset(rawValue: UInt64(place + 1)), schemas: schemas)
        }
    }

    /// The events so far, as a scenario.
    func scenario(_ name: String, _ description: String) -> MergeScenario {
        MergeScenario(name: name, description: description, events: events, schemas: schemas)
    }
}
