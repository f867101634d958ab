import BatonLaws
import Testing

@testable import BatonCore

/// What is told of a place at which much lives or has been.
struct CrowdedPlaceTests {
    /// `count` writes, by one device, that had not seen one another.
    private func world(
        _ count: Int, _ operation: (Int) throws -> FieldOperation
    ) throws -> SampleLog {
        var (log, device) = (SampleLog(), SampleDevice(1, TestSchemas.shop))
        for number in 1...count {
            try device.write(
                at: Int64(number),
                having: Context(replica: device.replica, own: .none, seen: .start),
                [operation(number)])
        }
        device.push(to: &log)
        return log
    }

    private func explained(_ log: SampleLog, _ path: String) throws -> Explanation {
        let state = log.folded(TestSchemas.shop)
        let place = try #require(FieldPath(pointer: path))
        let places = try state.explanation(
            of: EntityID("cart/main"), at: place, history: log.history, schemas: TestSchemas.shop)
        return try #require(places.first)
    }

    @Test func `A sentence names at most twenty, and how many others there are`() throws {
        let few = try explained(
            world(21) { try change("cart/main", "/note", .set("\($0)")) }, "/note")
        #expect(few.summary.split(separator: ", ").count == 21)
        #expect(few.summary.hasSuffix(", by 1 ms"))
        let many = try explained(
            world(61) { try change("cart/main", "/note", .set("\($0)")) }, "/note")
        #expect(many.writes.count == 61)
        #expect(many.summary.hasSuffix(" and 40 others, by 1 ms"))
        #expect(many.writes.allSatisfy { $0.concurrent.count == 20 })
        let numbers = try explained(
            world(61) { try change("cart/main", "/lines/a/quantity", .set(Int64($0))) },
            "/lines/a/quantity")
        #expect(numbers.summary == "base 61 (max of 61 values, from 1 to 61)")
    }

    @Test func `Of many removals the newest are told of, and all are counted`() throws {
        let log = try world(150) {
            $0 == 1
                ? try change("cart/main", "/lines/a/title", .set("x"))
                : try change("cart/main", "/lines", $0.isMultiple(of: 2) ? .clear : .remove("a"))
        }
        let place = try explained(log, "/lines/a/title")
        #expect(place.omitted == 50)
        #expect(place.writes.count == Explanation.mostWrites)
        #expect(place.writes[0].part == .decides)
        #expect(place.writes[0].why.split(separator: "the removal ").count == 21)
        let offsets = place.writes.dropFirst().map(\.offset.rawValue)
        #expect(offsets == Array(52...150))
    }

    @Test func `Removals of a key and of all keys are told of in the order of the log`() throws {
        let log = try world(9) {
            switch $0 % 3 {
            case 0: try change("cart/main", "/lines", .clear)
            case 1: try change("cart/main", "/lines", .remove("a"))
            default: try change("cart/main", "/lines/a/attributes/b", .set("x"))
            }
        }
        let place = try explained(log, "/lines/a/attributes/b")
        #expect(place.writes.map(\.offset.rawValue) == Array(1...9))
        let actions = place.writes.map(\.action)
        #expect(actions == Array(repeating: ["remove", "set", "clear"], count: 3).flatMap { $0 })
    }

    @Test func `Facts and unknown operations stand in their order, however they arrive`() throws {
        var chance = SplitMix64(seed: 3)
        var (log, entity) = (LogLeaf(), EntityState())
        let operation = try change("cart/main", "/unheard", .set("x"))
        for number in 0..<300 {
            let replica = ReplicaID(high: 0, low: UInt64(1 + chance.below(40)))
            let stamp = Stamp(
                dot: Dot(replica, Counter(rawValue: UInt64(1 + chance.below(3)))), offset: .start,
                context: Context(replica: replica, own: .none, seen: .start),
                timestamp: Timestamp(milliseconds: Int64(chance.below(20))))
            log.append(.integer(Int64(number)), by: stamp)
            entity.apply(operation, schema: nil, by: stamp)
        }
        let times = log.facts.map { ($0.stamp.timestamp, $0.stamp.dot, $0.value.integer ?? 0) }
        #expect(zip(times, times.dropFirst()).allSatisfy { $0 < $1 })
        let dots = entity.unknown.map(\.stamp.dot)
        #expect(dots == dots.sorted())
        #expect(dots.count == 300)
    }

    @Test func `What is removed from a list leaves the others as they were`() {
        var chance = SplitMix64(seed: 4)
        for _ in 0..<500 {
            let share = chance.pick([0, 5, 50, 95, 100])
            let list = (0..<chance.below(40)).map { _ in chance.chance(share) ? 1 : chance.below(99)
            }
            var left = list
            left.removeEach { $0 == 1 }
            #expect(left == list.filter { $0 != 1 })
        }
    }
}
