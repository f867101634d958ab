internal import BatonCore

// The alphabets of maps.
extension SmallAlphabet {
    static func map() throws(InvalidName) -> SmallAlphabet {
        try world(
            .map(.register(number, .latest)),
            places: [
                Place(path: ["f", "k"], slot: 0), Place(path: ["f", "l"], slot: 1),
            ], readings: [(.register(number, .latest), 0), (.register(number, .latest), 1)]
        ) { entity in
            func write(_ key: ExactText, _ slot: Int, _ value: Int) -> Letter {
                letter(
                    value == 0 ? "clear \(key)" : "set \(key)", entity, under(key),
                    { _ in value == 0 ? .clear : .set(.integer(Int64(value))) },
                    puts: { _ in SmallThing(slot: slot, value: value) },
                    takes: 1 << UInt32(slot))
            }
            return [
                write("k", 0, 1),
                letter(
                    "remove k", entity, field, { _ in .remove(.text("k")) },
                    puts: { _ in nil }, takes: 0b01),
                write("k", 0, 0), write("l", 1, 1),
                letter(
                    "clear the map", entity, field, { _ in .clear }, puts: { _ in nil },
                    takes: 0b11),
            ]
        }
    }

    /// The slots of an entry.
    static let title = 0
    static let bases = 1
    static let increments = 2

    static func entry() throws(InvalidName) -> SmallAlphabet {
        let record = Record([
            Field("title", .register(number, .latest)), Field("quantity", .count(CountRule())),
        ])
        let titlePath = under("k").appending("title")
        let quantityPath = under("k").appending("quantity")
        return try world(
            .map(.record(record)),
            places: [
                Place(path: ["f", "k", "title"], slot: title),
                Place(path: ["f", "k", "quantity"], slot: bases),
            ], keeps: true,
            readings: [(.register(number, .latest), 0), (.count(CountRule()), 1)]
        ) { entity in
            [
                // As a shop does it: the line with its title first, then one more of it.
                Letter(
                    name: "one more, of a new line first",
                    operations: { counter in
                        let add = FieldOperation(entity, quantityPath, .add(.integer(1)))
                        return counter > 1
                            ? [add]
                            : [FieldOperation(entity, titlePath, .set(.integer(1))), add]
                    },
                    puts: { counter in
                        let one = SmallThing(slot: increments, value: 1)
                        return counter > 1 ? [one] : [SmallThing(slot: title, value: 1), one]
                    }, takes: { $0 > 1 ? 0 : 1 << UInt32(title) }),
                letter(
                    "remove k", entity, field, { _ in .remove(.text("k")) },
                    puts: { _ in nil }, takes: 0b111),
                letter(
                    "one more", entity, quantityPath, { _ in .add(.integer(1)) },
                    puts: { _ in SmallThing(slot: increments, value: 1) }, takes: 0),
                letter(
                    "title", entity, titlePath, { .set(.integer(Int64(1 + $0 % 2))) },
                    puts: { SmallThing(slot: title, value: 1 + $0 % 2) },
                    takes: 1 << UInt32(title)),
            ]
        }
    }
}
