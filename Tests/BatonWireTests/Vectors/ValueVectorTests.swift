import BatonCore
import BatonWire
import Testing

/// The vectors of values, names and clocks, which need no state.
struct ValueVectorTests {
    @Test(arguments: Vector.of("canonical"))
    func `A value has one canonical text`(vector: Vector) throws {
        #expect(vector["value"]?.canonicalJSON == vector["text"]?.string)
    }

    @Test(arguments: Vector.of("value-order"))
    func `Values are in one order`(vector: Vector) throws {
        let ascending = try Vector.list(vector["ascending"])
        for (index, left) in ascending.enumerated() {
            for (other, right) in ascending.enumerated() {
                #expect((left < right) == (index < other), "\(left) \(right)")
            }
        }
    }

    @Test(arguments: Vector.of("pointer"))
    func `A pointer has its parts, or none`(vector: Vector) throws {
        for example in try Vector.list(vector["pointers"]) {
            let pair = try Vector.list(example)
            let pointer = try Vector.text(pair[0])
            let path = FieldPath(pointer: pointer)
            guard case .list(let parts) = pair[1] else {
                #expect(path == nil, "\(pointer)")
                continue
            }
            #expect(path?.components.map { Value.text($0) } == parts, "\(pointer)")
            #expect(path.map { ExactText($0.pointer) } == ExactText(pointer))
        }
    }

    @Test(arguments: Vector.of("instant"))
    func `An instant is a time, or none`(vector: Vector) throws {
        for example in try Vector.list(vector["instants"]) {
            let pair = try Vector.list(example)
            let text = try Vector.text(pair[0])
            #expect(InstantFormat.milliseconds(of: text) == pair[1].integer, "\(text)")
        }
    }

    @Test(arguments: Vector.of("name"))
    func `A name keeps to the rule of its kind`(vector: Vector) throws {
        for example in try Vector.list(vector["names"]) {
            let parts = try Vector.list(example)
            let name = try Vector.text(parts[1])
            let isValid: Bool
            switch try Vector.text(parts[0]) {
            case "entity": isValid = (try? EntityID(name)) != nil
            case "stream": isValid = (try? StreamID(name)) != nil
            case "tenant": isValid = (try? TenantID(name)) != nil
            case "channel": isValid = (try? ChannelName(name)) != nil
            default: isValid = ReplicaID(name) != nil
            }
            #expect(.boolean(isValid) == parts[2], "\(name)")
        }
    }

    @Test(arguments: Vector.of("clock"))
    func `A clock gives its readings`(vector: Vector) throws {
        var clock = HybridClock()
        for step in try Vector.list(vector["steps"]) {
            if let wall = step["read"] {
                #expect(try clock.read(wall: Vector.integer(wall)) == timestamp(step["is"]))
                continue
            }
            let observation = try clock.observe(
                timestamp(step["observe"]), wall: Vector.integer(step["wall"]))
            #expect((observation == .accepted ? "accepted" : "refused") == step["is"]?.string)
        }
    }

    @Test(arguments: Vector.of("covers"))
    func `A context covers what was seen`(vector: Vector) throws {
        let entries = try Vector.entries(#require(vector["event"]))
        guard case .event(let event)? = entries.first?.1 else {
            Issue.record("no event")
            return
        }
        for example in try Vector.list(vector["covers"]) {
            let parts = try Vector.list(example)
            let replica = try #require(ReplicaID(Vector.text(parts[0])))
            let dot = Dot(replica, Counter(rawValue: UInt64(try Vector.integer(parts[1]))))
            let offset = Offset(rawValue: UInt64(try Vector.integer(parts[2])))
            let covers = event.context.covers(dot, at: offset)
            #expect(.boolean(covers) == parts[3], "\(dot) at \(offset)")
        }
    }

    @Test(arguments: Vector.of("order"))
    func `Version vectors are in a partial order`(vector: Vector) throws {
        for example in try Vector.list(vector["orders"]) {
            let parts = try Vector.list(example)
            let order = try versionVector(parts[0]).order(to: versionVector(parts[1]))
            #expect("\(order)" == parts[2].string)
        }
    }

    private func timestamp(_ value: Value?) throws -> Timestamp {
        let parts = try Vector.list(value)
        return Timestamp(
            milliseconds: try Vector.integer(parts[0]),
            tick: UInt32(try Vector.integer(parts[1])))
    }

    private func versionVector(_ value: Value) throws -> VersionVector {
        guard case .object(let members) = value else {
            throw Vector.Unreadable(reason: "no object")
        }
        var counters: [ReplicaID: Counter] = [:]
        for (replica, counter) in members {
            counters[try #require(ReplicaID(replica.string))] =
                Counter(rawValue: UInt64(try Vector.integer(counter)))
        }
        return VersionVector(counters)
    }
}
