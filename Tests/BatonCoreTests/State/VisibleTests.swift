import BatonLaws
import Testing

@testable import BatonCore

/// Which live writes count, however many pile up at one place.
struct VisibleTests {
    /// Section 5.5 of the specification, "Reading", word for word and without haste.
    private func visible(_ versions: [VersionLeaf.Version]) -> [VersionLeaf.Version] {
        Set(versions.map(\.originDot)).sorted().compactMap { origin in
            let group = versions.filter { $0.originDot == origin }
            let place = group.map(\.originOffset).filter { $0 > .start }.min() ?? .start
            let isSuperseded = versions.contains { author in
                !group.contains { $0.stamp.dot == author.stamp.dot }
                    && author.stamp.context.covers(origin, at: place)
            }
            if isSuperseded { return nil }
            return group.first { $0.origin == nil } ?? group.min { $0.stamp.dot < $1.stamp.dot }
        }
    }

    /// A leaf that nobody need ever have written: few replicas and offsets, so that all meets all.
    private func leaf(_ chance: inout SplitMix64, size: Int) -> [VersionLeaf.Version] {
        let replicas = (1...UInt64(1 + chance.below(4))).map { ReplicaID(high: 0, low: $0) }
        let counters = 1 + chance.below(size + 3)
        let offsets = 1 + chance.below(size + 3)
        func dot(_ chance: inout SplitMix64) -> Dot {
            Dot(chance.pick(replicas), Counter(rawValue: UInt64(1 + chance.below(counters))))
        }
        func offset(_ chance: inout SplitMix64) -> Offset {
            Offset(rawValue: UInt64(chance.chance(20) ? 0 : chance.below(offsets)))
        }
        let blind = chance.pick([10, 50, 90])
        var stamps: [Dot: Stamp] = [:]
        return (0..<size).map { index in
            let dot = dot(&chance)
            var beyond: [ReplicaID: Counter] = [:]
            for replica in replicas where !chance.chance(max(blind, 70)) {
                beyond[replica] = Counter(rawValue: UInt64(chance.below(counters + 1)))
            }
            let own = chance.chance(blind) ? 0 : chance.below(Int(dot.counter.rawValue))
            let seen = chance.chance(blind) ? .start : offset(&chance)
            let stamp =
                stamps[dot]
                ?? Stamp(
                    dot: dot, offset: offset(&chance),
                    context: Context(
                        replica: dot.replica, own: Counter(rawValue: UInt64(own)), seen: seen,
                        beyond: VersionVector(beyond)),
                    timestamp: Timestamp(milliseconds: Int64(chance.below(3))))
            stamps[dot] = stamp
            let kept =
                chance.chance(50)
                ? Origin(
                    dot: self.origin(&chance, of: stamps, or: dot), offset: offset(&chance),
                    timestamp: Timestamp(milliseconds: 1))
                : nil
            return VersionLeaf.Version(
                stamp: stamp, value: .integer(Int64(index)), origin: kept)
        }
    }

    /// Mostly an event that has a live write here, else any other.
    private func origin(
        _ chance: inout SplitMix64, of stamps: [Dot: Stamp], or dot: Dot
    ) -> Dot {
        chance.chance(80)
            ? chance.pick(stamps.keys.sorted())
            : Dot(dot.replica, Counter(rawValue: UInt64(1 + chance.below(50))))
    }

    @Test func `The visible writes are those of the definition`() {
        var chance = SplitMix64(seed: 5)
        var (hidden, shown) = (0, 0)
        for round in 0..<4_000 {
            let size = round.isMultiple(of: 10) ? chance.below(60) : chance.below(14)
            let versions = leaf(&chance, size: size)
            let found = VersionLeaf(versions).visible
            let wanted = visible(versions)
            #expect(found == wanted, "round \(round)")
            guard found == wanted else { return }
            shown += wanted.count
            hidden += Set(versions.map(\.originDot)).count - wanted.count
        }
        // Else the leaves would say nothing of what is hidden, or of what is not.
        #expect(hidden > 2_000)
        #expect(shown > 2_000)
    }

    /// `count` writes of one replica, each of which had seen nothing, the last one at `count`.
    private func blind(_ count: UInt64) -> [VersionLeaf.Version] {
        let replica = ReplicaID(high: 0, low: 1)
        return (1...count).map { number in
            VersionLeaf.Version(
                stamp: Stamp(
                    dot: Dot(replica, Counter(rawValue: number)), offset: Offset(rawValue: number),
                    context: Context(replica: replica, own: .none, seen: .start),
                    timestamp: Timestamp(milliseconds: Int64(number))),
                value: .string("v\(number)"))
        }
    }

    @Test func `Twenty thousand writes that had not seen one another are all visible`() throws {
        let writes = blind(20_000)
        #expect(VersionLeaf(writes).visible.count == 20_000)
        let entity = try EntityID("cart/main")
        let state = StreamState(
            entities: [
                entity: EntityState(root: .branch(["note": .versions(VersionLeaf(writes))]))
            ], vector: VersionVector(), offset: Offset(rawValue: 20_000))
        let conflict = try #require(
            state.conflicts(of: entity, schemas: TestSchemas.shop).first)
        #expect(conflict.picked.value == .string("v20000"))
        #expect(conflict.overruled.count == 19_999)
    }

    @Test func `Of twenty thousand writes a keep hides those that its author had seen but one`() {
        let writes = blind(20_000)
        let other = ReplicaID(high: 0, low: 2)
        let keep = VersionLeaf.Version(
            stamp: Stamp(
                dot: Dot(other, Counter(rawValue: 1)), offset: Offset(rawValue: 20_001),
                context: Context(replica: other, own: .none, seen: Offset(rawValue: 15_000)),
                timestamp: Timestamp(milliseconds: 1)),
            value: .string("v7"),
            origin: Origin(
                dot: writes[6].stamp.dot, offset: writes[6].stamp.offset,
                timestamp: writes[6].stamp.timestamp))
        let visible = VersionLeaf(writes + [keep]).visible
        #expect(visible == [writes[6]] + writes[15_000...])
    }

    @Test func `Twenty thousand keeps of one write by as many events are one write`() {
        let origin = Origin(
            dot: Dot(ReplicaID(high: 0, low: 9), Counter(rawValue: 1)),
            offset: Offset(rawValue: 1), timestamp: Timestamp(milliseconds: 1))
        // Each had seen it, and says so.
        let keeps = blind(20_000).map { write in
            VersionLeaf.Version(
                stamp: Stamp(
                    dot: write.stamp.dot, offset: write.stamp.offset,
                    context: Context(
                        replica: write.stamp.dot.replica, own: .none, seen: Offset(rawValue: 1)),
                    timestamp: write.stamp.timestamp), value: "v", origin: origin)
        }
        #expect(VersionLeaf(keeps.reversed()).visible == [keeps[0]])
    }
}
