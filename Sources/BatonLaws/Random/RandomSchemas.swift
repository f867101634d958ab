package import BatonCore

/// Schemas drawn from a seed: every rule and every pick, maps and records nested in each other.
package struct RandomSchemas {
    /// The schemas, all of them sound.
    package let schemas: SchemaSet

    /// Draws one to three entity types.
    package init(_ random: inout SplitMix64) {
        let types = ["cart", "order", "wish-list"].prefix(random.pick([1, 1, 1, 2, 3]))
        schemas = SchemaSet(
            types.map { type in
                Schema(
                    type: type, version: 1,
                    fields: Self.fields(&random, depth: 0, isInMap: false))
            })
    }

    private static let names: [ExactText] = ["a", "b2", "note_", "Lines", "zz"]

    private static func fields(
        _ random: inout SplitMix64, depth: Int, isInMap: Bool
    ) -> [Field] {
        names.prefix(1 + random.below(depth == 0 ? 3 : 4)).map { name in
            Field(name, rule(&random, depth: depth, isInMap: isInMap))
        }
    }

    private static func rule(_ random: inout SplitMix64, depth: Int, isInMap: Bool) -> Rule {
        // Nesting ends by itself: the deeper, the more leaves.
        if depth < 3 && random.chance(depth == 0 ? 70 : 30) {
            switch random.below(4) {
            case 0:
                return .record(
                    Record(fields(&random, depth: depth + 1, isInMap: isInMap)))
            case 1: return .map(rule(&random, depth: depth + 1, isInMap: true))
            default:
                return .map(
                    .record(Record(fields(&random, depth: depth + 1, isInMap: true))))
            }
        }
        switch random.below(isInMap ? 11 : 13) {
        case 0...5:
            let type = RandomValues.type(&random)
            return .register(type, pick(&random, type))
        case 6, 7:
            return .count(
                CountRule(
                    base: random.pick(CountRule.Base.allCases),
                    floor: random.chance(40) ? Int64(random.below(5)) - 2 : nil))
        case 8: return .set(RandomValues.type(&random))
        case 9, 10: return .workflow(workflow(&random))
        default: return .log(RandomValues.type(&random))
        }
    }

    private static func pick(_ random: inout SplitMix64, _ type: ValueType) -> Pick {
        switch random.below(6) {
        case 0, 1: return .latest
        case 2: return .max
        case 3: return .min
        case 4: return .all
        default:
            var order = RandomValues.pool(of: type)
            order.shuffle(using: &random)
            return .strictest(Array(order.prefix(1 + random.below(order.count))))
        }
    }

    /// The states of all workflows.
    package static let states: [ExactText] = ["new", "open", "stopped", "done"]

    private static func workflow(_ random: inout SplitMix64) -> Workflow {
        let order = states.shuffled(using: &random)
        return Workflow(
            precedence: order,
            moves: order.map { Workflow.Move("", $0) }
                + zip(order, order.dropFirst()).map { Workflow.Move($0, $1) })
    }
}
