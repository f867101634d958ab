package import BatonCore

/// Operations that fit random schemas, but for a few that no reader knows.
package struct RandomOperations {
    private let schemas: [Schema]

    /// Operations on entities of these types.
    package init(_ schemas: SchemaSet) { self.schemas = schemas.sorted }

    /// Draws an operation.
    package func next(_ random: inout SplitMix64) throws(InvalidName) -> FieldOperation {
        let id = random.chance(92) ? "main" : "o-7"
        if random.chance(2) {
            return FieldOperation(
                try EntityID(type: "unheard-of", id: id), FieldPath(["x"]), .set("a"))
        }
        let schema = random.pick(schemas)
        let entity = try EntityID(type: schema.type, id: id)
        var path: [ExactText] = []
        var rule = Rule.record(schema.root)
        while true {
            if random.chance(2) {
                // What no reader of these schemas knows: a field, or an action at a record or map.
                return random.chance(50)
                    ? FieldOperation(entity, FieldPath(path + ["gift"]), .set("a"))
                    : FieldOperation(entity, FieldPath(path), .unknown([1]))
            }
            switch rule {
            case .record(let record):
                let field = random.pick(record.fields)
                path.append(field.name)
                rule = field.rule
            case .map(let below):
                let key = random.pick(RandomValues.keys)
                if random.chance(14) {
                    return FieldOperation(
                        entity, FieldPath(path), random.chance(75) ? .remove(.text(key)) : .clear)
                }
                path.append(key)
                rule = below
            default:
                return FieldOperation(entity, FieldPath(path), action(rule, &random))
            }
        }
    }

    private func action(_ rule: Rule, _ random: inout SplitMix64) -> Action {
        if random.chance(2) { return .unknown([UInt8(random.below(256)), 2]) }
        if random.chance(2) {
            return random.pick([
                .append("a"), .move(from: "", to: "open"), .add("a"), .set("a"), .clear,
                .remove(.integer(1)),
            ])
        }
        if random.chance(2) { return .keep("open", stranger(&random)) }
        switch rule {
        case .register(let type, _):
            return random.chance(85) ? .set(RandomValues.value(of: type, &random)) : .clear
        case .count:
            switch random.below(10) {
            case 0...3: return .set(.integer(RandomValues.number(&random)))
            case 4...8: return .add(.integer(RandomValues.number(&random)))
            default: return .clear
            }
        case .set(let type):
            let value = RandomValues.value(of: type, &random)
            return random.chance(60) ? .add(value) : random.chance(85) ? .remove(value) : .clear
        case .workflow:
            let state = random.pick(RandomSchemas.states)
            return .move(
                from: random.chance(50) ? "" : random.pick(RandomSchemas.states), to: state)
        case .log(let type): return .append(RandomValues.value(of: type, &random))
        case .map, .record: return .clear
        }
    }

    /// The origin of a keep that nobody wrote.
    private func stranger(_ random: inout SplitMix64) -> Origin {
        Origin(
            dot: Dot(
                ReplicaID(high: 9, low: UInt64(1 + random.below(2))),
                Counter(rawValue: UInt64(1 + random.below(2)))),
            offset: Offset(rawValue: UInt64(random.below(6))),
            timestamp: Timestamp(
                milliseconds: 1_700_000_000_000 + Int64(random.below(4)) * 1_000),
            isBeside: random.chance(25))
    }
}
