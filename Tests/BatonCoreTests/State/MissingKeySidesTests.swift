import BatonCore
import BatonLaws
import Testing

/// Which keys some lack of those who wrote a map, held against the definition for random states.
struct MissingKeySidesTests {
    /// Section 5.8 of the specification, "Keys that some lack", for writes and keeps of one text.
    private func missing(
        _ sides: [VersionLeaf.Version], _ keys: [ExactText: [VersionLeaf.Version]]
    ) -> [ExactText: [Dot]] {
        guard sides.count > 1 else { return [:] }
        return keys.compactMapValues { writes in
            let lacking = sides.filter { side in
                !writes.contains { $0.originDot == side.originDot }
            }
            let isSettled = writes.contains { write in
                sides.allSatisfy {
                    write.stamp.context.covers(
                        $0.originDot, at: $0.origin?.offset ?? $0.stamp.offset)
                }
            }
            return lacking.isEmpty || lacking.count == sides.count || isSettled
                ? nil : lacking.map(\.originDot).sorted()
        }
    }

    private func stamp(_ number: Int, _ chance: inout SplitMix64, blind: Bool) -> Stamp {
        let replica = ReplicaID(high: 0, low: UInt64(1 + number % 3))
        let counter = 1 + number / 3
        var beyond: [ReplicaID: Counter] = [:]
        for low in 1...UInt64(3) where !blind && chance.chance(40) {
            beyond[ReplicaID(high: 0, low: low)] = Counter(rawValue: UInt64(chance.below(6)))
        }
        return Stamp(
            dot: Dot(replica, Counter(rawValue: UInt64(counter))),
            offset: Offset(rawValue: UInt64(chance.chance(20) ? 0 : number + 1)),
            context: Context(
                replica: replica,
                own: Counter(rawValue: UInt64(blind ? 0 : chance.below(counter))),
                seen: Offset(rawValue: UInt64(blind ? 0 : chance.below(number + 1))),
                beyond: VersionVector(beyond)), timestamp: Timestamp(milliseconds: 1))
    }

    /// An order that was written as a whole by `sides`.
    private func state(
        of entity: EntityID, sides: [VersionLeaf.Version], lines: [ExactText: Node]
    ) -> StreamState {
        StreamState(
            entities: [
                entity: EntityState(
                    root: .branch([
                        "placedAt": .versions(VersionLeaf(sides)), "lines": .branch(lines),
                    ]))
            ], vector: VersionVector(), offset: .start)
    }

    @Test func `The sides that lack a key are those of the definition`() throws {
        var chance = SplitMix64(seed: 6)
        let entity = try EntityID("order/o")
        let lines = try #require(FieldPath(pointer: "/lines"))
        var (open, settled) = (0, 0)
        for _ in 0..<2_000 {
            let count = 2 + chance.below(5)
            let sides = (0..<count).map { number in
                VersionLeaf.Version(
                    stamp: stamp(number, &chance, blind: true), value: .integer(Int64(number)))
            }
            var keys: [ExactText: [VersionLeaf.Version]] = [:]
            for key in ["a", "b", "c"] {
                let having = sides.filter { _ in chance.chance(60) }.map {
                    VersionLeaf.Version(stamp: $0.stamp, value: "x")
                }
                let later = (0..<chance.below(3)).map { number in
                    VersionLeaf.Version(
                        stamp: stamp(count + number, &chance, blind: false), value: "x")
                }
                keys[ExactText(key)] = having + later
            }
            keys = keys.filter { !$0.value.isEmpty }
            let branches = keys.mapValues { Node.branch(["title": .versions(VersionLeaf($0))]) }
            let state = state(of: entity, sides: sides, lines: branches)
            let wanted = missing(VersionLeaf(sides).visible, keys)
            var found: [ExactText: [Dot]] = [:]
            for conflict in state.conflicts(of: entity, schemas: TestSchemas.shop)
            where conflict.rule == "map" {
                let key = try #require(conflict.path.components.last)
                #expect(conflict.path == lines.appending(key))
                found[key] = conflict.overruled.map(\.dot)
            }
            #expect(found == wanted)
            open += wanted.count
            settled += keys.count - wanted.count
        }
        #expect(open > 500)
        #expect(settled > 500)
    }

    @Test func `A map does not name sides without end`() throws {
        let entity = try EntityID("order/o")
        let stamps = (1...400).map { number in
            let replica = ReplicaID(high: 1, low: UInt64(number))
            return Stamp(
                dot: Dot(replica, Counter(rawValue: 1)),
                offset: Offset(rawValue: UInt64(number)),
                context: Context(replica: replica, own: .none, seen: .start),
                timestamp: Timestamp(milliseconds: 1))
        }
        var lines: [ExactText: Node] = [:]
        for (number, stamp) in stamps.enumerated() {
            let title = VersionLeaf([VersionLeaf.Version(stamp: stamp, value: "x")])
            lines[ExactText("line-\(1_000 + number)")] = .branch(["title": .versions(title)])
        }
        let sides = stamps.map { VersionLeaf.Version(stamp: $0, value: "now") }
        let state = state(of: entity, sides: sides, lines: lines)
        let told = state.conflicts(of: entity, schemas: TestSchemas.shop).filter {
            $0.rule == "map"
        }
        // Each names 399 who lack the key: 251 of them name 100,149.
        #expect(told.count == 251)
        #expect(told.allSatisfy { $0.overruled.count == 399 })
        #expect(told.last?.path.components.last == ExactText("line-1250"))
    }
}
