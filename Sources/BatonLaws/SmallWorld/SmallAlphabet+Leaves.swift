internal import BatonCore

// The alphabets of the single leaves. Slots: what an operation takes is said by slot alone, so a
// slot is all at one place that goes together: bases, increments, one element, one key's register.
extension SmallAlphabet {
    static func register() throws(InvalidName) -> SmallAlphabet {
        let picks: [Pick] = [
            .latest, .max, .min, .strictest([.integer(2), .integer(1)]), .all,
        ]
        return try world(
            .register(number, .latest), places: [Place(path: ["f"], slot: 0)],
            readings: picks.map { (.register(number, $0), 0) }
        ) { entity in
            func set(_ name: String, _ value: @escaping (Int) -> Int) -> Letter {
                letter(
                    name, entity, field, { .set(.integer(Int64(value($0)))) },
                    puts: { SmallThing(slot: 0, value: value($0)) }, takes: 1)
            }
            return [
                // Equal and different values, so that both occur with two letters.
                set("set 1 or 2") { 1 + $0 % 2 },
                letter(
                    "clear", entity, field, { _ in .clear },
                    puts: { _ in SmallThing(slot: 0, value: 0) }, takes: 1),
                set("set 2") { _ in 2 },
            ]
        }
    }

    static func count() throws(InvalidName) -> SmallAlphabet {
        let readings = CountRule.Base.allCases.map { (Rule.count(CountRule(base: $0)), 0) }
        return try world(
            .count(CountRule()), places: [Place(path: ["f"], slot: 0)],
            readings: readings + [(.count(CountRule(floor: 3)), 0)]
        ) { entity in
            func set(_ name: String, _ value: @escaping (Int) -> Int) -> Letter {
                letter(
                    name, entity, field, { .set(.integer(Int64(value($0)))) },
                    puts: { SmallThing(slot: 0, value: value($0)) }, takes: 0b11)
            }
            return [
                set("set 1 or 2") { 1 + $0 % 2 },
                letter(
                    "add 1", entity, field, { _ in .add(.integer(1)) },
                    puts: { _ in SmallThing(slot: 1, value: 1) }, takes: 0),
                letter(
                    "clear", entity, field, { _ in .clear }, puts: { _ in nil }, takes: 0b11),
                Letter(
                    name: "set 3, add 1, add 1",
                    operations: { _ in
                        [
                            FieldOperation(entity, field, .set(.integer(3))),
                            FieldOperation(entity, field, .add(.integer(1))),
                            FieldOperation(entity, field, .add(.integer(1))),
                        ]
                    },
                    puts: { _ in [SmallThing(slot: 0, value: 3), SmallThing(slot: 1, value: 2)] },
                    takes: { _ in 0b11 }),
            ]
        }
    }

    static func set() throws(InvalidName) -> SmallAlphabet {
        // An element's slot is the element itself: 0 or 1.
        try world(.set(number), places: [Place(path: ["f"], slot: 0)]) { entity in
            func add(_ element: Int) -> Letter {
                letter(
                    "add \(element)", entity, field, { _ in .add(.integer(Int64(element))) },
                    puts: { _ in SmallThing(slot: element, value: element) },
                    takes: 1 << UInt32(element))
            }
            func remove(_ element: Int) -> Letter {
                letter(
                    "remove \(element)", entity, field,
                    { _ in .remove(.integer(Int64(element))) }, puts: { _ in nil },
                    takes: 1 << UInt32(element))
            }
            return [
                add(0), remove(0), add(1),
                letter(
                    "clear", entity, field, { _ in .clear }, puts: { _ in nil }, takes: 0b11),
            ]
        }
    }

    static func workflow() throws(InvalidName) -> SmallAlphabet {
        let states: [ExactText] = ["a", "b", "c"]
        let moves = states.map { Workflow.Move("", $0) }
        return try world(
            .workflow(Workflow(precedence: states, moves: moves)),
            places: [Place(path: ["f"], slot: 0)]
        ) { entity in
            states.map { state in
                letter(
                    "move to \(state)", entity, field, { _ in .move(from: "", to: state) },
                    puts: { _ in
                        SmallThing(slot: 0, value: Int(state.string.utf8.first ?? 0))
                    }, takes: 1)
            }
        }
    }

    static func log() throws(InvalidName) -> SmallAlphabet {
        try world(.log(number), places: [Place(path: ["f"], slot: 0)]) { entity in
            [
                letter(
                    "append", entity, field, { .append(.integer(Int64(1 + $0 % 2))) },
                    puts: { SmallThing(slot: 0, value: 1 + $0 % 2) }, takes: 0),
                Letter(
                    name: "append twice",
                    operations: { _ in
                        [
                            FieldOperation(entity, field, .append(.integer(1))),
                            FieldOperation(entity, field, .append(.integer(2))),
                        ]
                    },
                    puts: { _ in [SmallThing(slot: 0, value: 1), SmallThing(slot: 0, value: 2)] },
                    takes: { _ in 0 }),
            ]
        }
    }
}
