internal import BatonCore

/// What lives after a set of events, by definition: what was put, and not taken by an event that
/// had seen it. No fold, no order, no state.
struct SmallDefinition {
    /// One live write and the place of its event in the history.
    struct Live {
        let thing: SmallThing
        let event: Int
    }

    let events: [SmallEvent]

    /// What lives when the events of `mask` are there, of those at one slot or of all.
    func live(in mask: UInt16, slot: Int? = nil) -> [Live] {
        var live: [Live] = []
        for index in events.indices where mask >> UInt16(index) & 1 == 1 {
            for thing in events[index].things where slot == nil || slot == thing.slot {
                if !isTaken(thing, of: index, in: mask) {
                    live.append(Live(thing: thing, event: index))
                }
            }
        }
        return live
    }

    private func isTaken(_ thing: SmallThing, of index: Int, in mask: UInt16) -> Bool {
        for taker in events.indices where mask >> UInt16(taker) & 1 == 1 && taker != index {
            let other = events[taker]
            guard other.seen >> UInt16(index) & 1 == 1 else { continue }
            if other.takes >> UInt32(thing.slot) & 1 == 1 { return true }
            // A keep takes the place of the keeps of the same write that its writer had seen.
            if thing.origin != nil,
                other.things.contains(where: { $0.slot == thing.slot && $0.origin == thing.origin })
            {
                return true
            }
        }
        return false
    }

    /// The writes of a register that count (section 5.5): one for each origin that no other live
    /// event had seen without keeping it.
    func visible(in mask: UInt16, slot: Int) -> [Live] {
        let all = live(in: mask, slot: slot)
        return all.filter { one in
            let origin = one.thing.origin ?? one.event
            let stands = !all.contains { other in
                events[other.event].seen >> UInt16(origin) & 1 == 1
                    && !all.contains {
                        $0.event == other.event && ($0.thing.origin ?? $0.event) == origin
                    }
            }
            // Of several that say the same write, the write itself or the first keep stands.
            return stands
                && !all.contains { other in
                    (other.thing.origin ?? other.event) == origin
                        && (other.thing.origin == nil
                            ? one.thing.origin != nil
                            : one.thing.origin != nil
                                && events[other.event].code < events[one.event].code)
                }
        }
    }

    /// The live writes as numbers, in ascending order, to compare with those of a state.
    func codes(in mask: UInt16, into codes: inout [UInt64]) {
        codes.removeAll(keepingCapacity: true)
        for one in live(in: mask) {
            codes.append(
                SmallCode.code(
                    slot: one.thing.slot, event: events[one.event].code, value: one.thing.value,
                    origin: one.thing.origin.map { events[$0].code }))
        }
        codes.sort()
    }
}

/// A live write as one number: exact, for numbers, texts and dots as small as those here.
enum SmallCode {
    static func code(slot: Int, event: Int, value: Int, origin: Int? = nil) -> UInt64 {
        UInt64(slot & 0xFF) << 32 | UInt64(event & 0xFF) << 24 | UInt64(value & 0xFF) << 16
            | UInt64((origin ?? 0) & 0xFF) << 8
    }

    private static func code(_ dot: Dot) -> Int {
        Int(dot.replica.low) << 4 | Int(dot.counter.rawValue)
    }

    private static func number(_ value: Value?) -> Int {
        switch value {
        case .integer(let number): return Int(number)
        case .text(let text): return Int(text.string.utf8.first ?? 0)
        default: return 0
        }
    }

    /// The live writes of a state as numbers, in ascending order.
    static func codes(
        of state: StreamState, in alphabet: SmallAlphabet, into codes: inout [UInt64]
    ) {
        codes.removeAll(keepingCapacity: true)
        guard let root = state.entities[alphabet.entity]?.root else { return }
        for place in alphabet.places {
            var node = root
            var isThere = true
            for part in place.path {
                guard case .branch(let children) = node, let child = children[part] else {
                    isThere = false
                    break
                }
                node = child
            }
            if isThere { append(node, place.slot, to: &codes) }
        }
        codes.sort()
    }

    private static func append(_ node: Node, _ slot: Int, to codes: inout [UInt64]) {
        switch node {
        case .versions(let leaf):
            for version in leaf.versions {
                codes.append(
                    code(
                        slot: slot, event: code(version.stamp.dot), value: number(version.value),
                        origin: version.origin.map { code($0.dot) }))
            }
        case .count(let leaf):
            for part in leaf.bases {
                codes.append(
                    code(slot: slot, event: code(part.stamp.dot), value: Int(part.number)))
            }
            for part in leaf.increments {
                codes.append(
                    code(slot: slot + 1, event: code(part.stamp.dot), value: Int(part.number)))
            }
        case .set(let leaf):
            for (element, supports) in leaf.elements {
                for support in supports {
                    codes.append(
                        code(
                            slot: number(element), event: code(support.dot),
                            value: number(element)))
                }
            }
        case .log(let leaf):
            for fact in leaf.facts {
                codes.append(
                    code(slot: slot, event: code(fact.stamp.dot), value: number(fact.value)))
            }
        case .branch: break
        }
    }
}
