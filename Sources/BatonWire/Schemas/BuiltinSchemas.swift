public import BatonCore

/// The schemas that every server starts with: a cart, an order, a customer's profile, and
/// what became of the stream itself.
///
/// The same schemas stand as documents in `protocol/schemas/`, for other languages.
public enum BuiltinSchemas {
    /// What a customer means to buy.
    public static let cart = Schema(
        type: "cart", version: 1,
        fields: [
            Field("lines", .map(.record(line(of: quantities)))),
            Field("coupons", .set(.text(longest: name)), most: many),
            Field("currency", text(currencyCode)),
            Field("note", text(longNote)),
            // Counts up with every checkout, and so names the next order (`order/<cart>-<n>`).
            // What an anonymous cart counted has named orders already; they come over as they are.
            // Two that check out apart count one: there is nothing to tell in it.
            Field(
                "checkouts", .count(CountRule(base: .max, range: quantities)), adoption: .ignore,
                isReported: false),
        ])

    /// What a customer has bought, and how far it has come.
    public static let order = Schema(
        type: "order", version: 1, adoption: .apart,
        fields: [
            Field("status", .workflow(orderStatus)),
            // Who places it says all of its lines; what only some of two placings have is told.
            Field(
                "lines", .map(.record(line(of: 0...CountRule.anyNumber.upperBound))),
                comparedBy: "placedAt"),
            Field("coupons", .set(.text(longest: name)), most: many),
            Field("total", .register(.anyMoney, .max)),
            Field("cart", text(name)),
            Field("placedAt", .register(.instant, .min), isReported: false),
            Field(
                "payments",
                .map(
                    .record(
                        Record([
                            Field("method", text(name)),
                            Field("amount", .register(.anyMoney, .latest)),
                            Field("installments", .register(.integer(0...1_000), .latest)),
                        ]))), most: many),
            Field("history", .log(.text(longest: longNote))),
            Field("note", text(longNote)),
            Field("externalId", text(name)),
        ])

    /// Who a customer is, as far as the customer has said.
    public static let profile = Schema(
        type: "profile", version: 2,
        fields: [
            Field("name", text(name), readers: persons, redaction: personal),
            Field("email", text(name), readers: persons, redaction: personal),
            Field("phone", text(name), readers: persons, redaction: personal),
            Field(
                "addresses",
                .map(
                    .record(
                        Record(
                            ["name", "street", "city", "postcode", "country"].map {
                                Field($0, text(name))
                            }))), readers: persons, most: many, redaction: personal),
            Field(
                "consents",
                .map(
                    .register(
                        .enumeration(["withdrawn", "given"]),
                        .strictest([.string("withdrawn"), .string("given")]))), most: many),
            Field("tags", .set(.text(longest: name)), most: many),
            Field("journey", .log(.text(longest: longNote))),
        ])

    /// What became of the stream itself. Written by servers, when they adopt.
    public static let identity = Schema(
        type: "identity", version: 1, adoption: .ignore,
        fields: [
            // The stream that this one was adopted into.
            Field("movedTo", text(longestStream), writers: [.operator]),
            // By the name of each stream that was adopted into this one: up to which offset.
            Field(
                "adopted", .map(.register(ValueType.anyInteger, .latest)), writers: [.operator]),
        ])

    /// All built-in schemas.
    public static let all = SchemaSet([cart, order, profile, identity])

    // No shop sells more of an article at once. Amounts of money have no bounds here: deposits are
    // given back, and payments are, too.
    private static let quantities: ClosedRange<Int64> = 0...1_000_000
    // What no person needs more of. Lines have no such bound: to hold each edit of a cart against
    // its state would cost every push of it.
    private static let many = 1_000

    // Bytes of UTF-8.
    private static let name = 1_024
    private static let longNote = 4_096
    private static let longestStream = 128
    private static let currencyCode = 3

    /// Nobody but the customer reads these where decisions are listed.
    private static let personal = Redaction.except([.customer])
    /// Who sees them at all: a device that stands in a store for everybody does not.
    private static let persons: [Role] = [.customer, .associate, .service, .operator]

    private static func text(_ longest: Int) -> Rule { .register(.text(longest: longest), .latest) }

    /// A line of a cart, and of the order that it becomes.
    private static func line(of quantities: ClosedRange<Int64>) -> Record {
        Record([
            Field("title", text(name)),
            Field("price", .register(.anyMoney, .latest)),
            Field("quantity", .count(CountRule(base: .max, floor: 0, range: quantities))),
            Field("attributes", .map(text(name))),
            Field("note", text(longNote)),
        ])
    }

    /// Goods that were handed over prevail over a cancellation; money paid back over all.
    private static let orderStatus = Workflow(
        precedence: [
            "placed", "approved", "invoiced", "processing", "shipped", "ready", "unavailable",
            "cancelled", "delivered", "collected", "returned", "refunded",
        ],
        moves: [
            ("", ["placed"]),
            (
                "placed",
                [
                    "approved", "processing", "ready", "shipped", "collected", "cancelled",
                    "unavailable", "invoiced",
                ]
            ),
            (
                "approved",
                [
                    "invoiced", "processing", "shipped", "ready", "cancelled", "unavailable",
                    "delivered",
                ]
            ),
            ("invoiced", ["processing", "shipped", "cancelled", "unavailable", "ready"]),
            ("processing", ["shipped", "ready", "cancelled", "unavailable", "invoiced"]),
            ("shipped", ["delivered", "returned", "cancelled"]),
            ("ready", ["collected", "cancelled"]),
            ("delivered", ["returned", "refunded"]),
            ("collected", ["returned", "refunded"]),
            ("cancelled", ["refunded"]),
            ("unavailable", ["refunded", "cancelled"]),
            ("returned", ["refunded"]),
        ].flatMap { (from: ExactText, targets: [ExactText]) in
            targets.map { Workflow.Move(from, $0, roles: movers(to: $0)) }
        })

    /// Who may move an order to `state`; empty: everyone.
    private static func movers(to state: ExactText) -> [Role] {
        switch state {
        case "placed", "cancelled", "returned": return []
        case "ready", "collected": return [.kiosk, .associate, .service, .operator]
        default: return [.associate, .service, .operator]
        }
    }
}
