import BatonCore
import BatonSync
import BatonWire

/// The schemas of a simulated shop: the built-in ones, and a wish list of the tenant's own in which
/// every rule and every pick occurs, at the root and below maps.
enum ShopSchemas {
    private static let sets = [first, second].map {
        SchemasInForce(own: $0, learned: SchemaSet([]))
    }

    /// What a device goes by that was built with one of the two and has learned what it has.
    static func inForce(isUpgraded: Bool, learned: SchemaSet?) -> SchemasInForce {
        let own = sets[isUpgraded ? 1 : 0]
        guard let learned else { return own }
        let joined = SchemasInForce(own: own.set, learned: learned)
        return sets.first { $0.set == joined.set } ?? joined
    }

    /// What the fleet begins with.
    static let first = SchemaSet([
        BuiltinSchemas.cart, BuiltinSchemas.order, BuiltinSchemas.profile, BuiltinSchemas.identity,
        wishes(version: 1, more: [], moreOfItems: []),
    ])

    /// What the fleet is upgraded to, half-way: fields that older replicas do not know.
    static let second = SchemaSet([
        BuiltinSchemas.cart, BuiltinSchemas.order, BuiltinSchemas.profile, BuiltinSchemas.identity,
        wishes(
            version: 2,
            more: [
                Field("gift", text), Field("guests", .set(.text(longest: 20))),
                Field("budgets", .map(.count(CountRule()))),
            ],
            moreOfItems: [Field("wrapping", text), Field("spares", .count(CountRule()))]),
    ])

    /// Milestones of a wish list, as of an item of it.
    static let stages = Workflow(
        precedence: ["draft", "shared", "closed", "bought"],
        moves: [
            Workflow.Move("", "draft"), Workflow.Move("draft", "shared"),
            Workflow.Move("shared", "bought"), Workflow.Move("shared", "closed"),
            Workflow.Move("closed", "shared"),
        ])

    private static let text = Rule.register(.text(longest: 100), .latest)

    private static func wishes(
        version: Int, more: [Field], moreOfItems: [Field]
    ) -> Schema {
        Schema(
            type: "wishes", version: version,
            fields: [
                Field("title", text),
                Field("budget", .register(.anyMoney, .max)),
                Field("most", .register(.integer(0...99), .min)),
                Field(
                    "privacy",
                    .register(
                        .enumeration(["private", "friends", "public"]),
                        .strictest([.string("private"), .string("friends")]))),
                Field("voices", .register(.text(longest: 20), .all)),
                Field("hearts", .count(CountRule(base: .max, floor: 0))),
                Field("left", .count(CountRule(base: .min))),
                Field("visits", .count(CountRule(base: .latest))),
                Field("tags", .set(.text(longest: 20))),
                Field("stage", .workflow(stages)),
                Field("comments", .log(.text(longest: 100))),
                Field("staff", text, writers: [.associate]),
                Field("items", .map(.record(item(moreOfItems)))),
            ] + more)
    }

    private static func item(_ more: [Field]) -> Record {
        Record(
            [
                Field("title", text),
                Field("priority", .register(.integer(0...9), .max)),
                Field("quantity", .count(CountRule(floor: 0))),
                Field("marks", .set(.text(longest: 20))),
                Field("stage", .workflow(stages)),
                Field("sizes", .map(text)),
            ] + more)
    }
}
