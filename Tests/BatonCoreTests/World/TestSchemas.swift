import BatonCore

/// Schemas like those of a shop, small enough to read a test by.
enum TestSchemas {
    static let text = Rule.register(.text(longest: 100), .latest)

    static let shop = SchemaSet([
        Schema(
            type: "cart", version: 1,
            fields: [
                Field(
                    "lines",
                    .map(
                        .record(
                            Record([
                                Field("title", text),
                                Field("price", .register(.anyMoney, .latest)),
                                Field("quantity", .count(CountRule(base: .max, floor: 0))),
                                Field("attributes", .map(text)),
                                Field("marks", .set(.text(longest: 100))),
                            ])))),
                Field("coupons", .set(.text(longest: 100))),
                Field("note", text),
                Field("checkouts", .count(CountRule()), isReported: false),
            ]),
        Schema(
            type: "order", version: 1,
            fields: [
                Field("status", .workflow(orderStatus)),
                Field(
                    "lines",
                    .map(
                        .record(
                            Record([
                                Field("title", text), Field("price", .register(.anyMoney, .latest)),
                                Field("quantity", .count(CountRule(floor: 0))),
                            ]))), comparedBy: "placedAt"),
                Field("total", .register(.anyMoney, .max)),
                Field("cart", text),
                Field("placedAt", .register(.instant, .min), isReported: false),
            ]),
        Schema(
            type: "profile", version: 1,
            fields: [
                Field(
                    "addresses",
                    .map(.record(Record([Field("city", text), Field("street", text)])))),
                Field(
                    "consents",
                    .map(
                        .register(
                            .enumeration(["withdrawn", "given"]),
                            .strictest([.string("withdrawn"), .string("given")])))),
                Field("journey", .log(.text(longest: 100))),
            ]),
    ])

    static let orderStatus = Workflow(
        precedence: ["placed", "ready", "cancelled", "collected", "refunded"],
        moves: [
            Workflow.Move("", "placed"), Workflow.Move("placed", "ready"),
            Workflow.Move("placed", "cancelled"), Workflow.Move("ready", "cancelled"),
            Workflow.Move("ready", "collected", roles: [.kiosk, .associate]),
            Workflow.Move("collected", "refunded", roles: [.associate]),
            Workflow.Move("cancelled", "refunded", roles: [.associate]),
        ])

    /// Every merge rule and every pick, at the root, in maps and in entries of maps.
    static let everything = SchemaSet([
        Schema(
            type: "thing", version: 1,
            fields: [
                Field("latest", text),
                Field("highest", .register(.anyMoney, .max)),
                Field("lowest", .register(.integer(0...9), .min)),
                Field(
                    "strictest",
                    .register(.text(longest: 9), .strictest([.string("a"), .string("b")]))),
                Field("all", .register(.text(longest: 9), .all)),
                Field("most", .count(CountRule(base: .max, floor: 0))),
                Field("least", .count(CountRule(base: .min))),
                Field("recent", .count(CountRule(base: .latest))),
                Field("tags", .set(.text(longest: 9))),
                Field("stage", .workflow(stages)),
                Field("facts", .log(.text(longest: 9))),
                Field("names", .map(text)),
                Field("counts", .map(.count(CountRule()))),
                Field("sets", .map(.set(.text(longest: 9)))),
                Field(
                    "lines",
                    .map(
                        .record(
                            Record([
                                Field("title", text),
                                Field("peak", .register(.integer(0...9), .max)),
                                Field("quantity", .count(CountRule(floor: 0))),
                                Field("marks", .set(.text(longest: 9))),
                                Field("stage", .workflow(stages)),
                                Field("attributes", .map(text)),
                                Field(
                                    "parts",
                                    .map(
                                        .record(
                                            Record([
                                                Field("title", text),
                                                Field("quantity", .count(CountRule())),
                                            ])))),
                            ])))),
            ])
    ])

    static let stages = Workflow(
        precedence: ["new", "open", "stopped", "done"],
        moves: [
            Workflow.Move("", "new"), Workflow.Move("new", "open"), Workflow.Move("open", "done"),
            Workflow.Move("open", "stopped"), Workflow.Move("stopped", "open"),
        ])
}
