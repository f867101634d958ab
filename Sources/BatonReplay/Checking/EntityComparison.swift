import BatonCore
import BatonWire

/// Holds the entities that the merge made against those that a plain count made.
struct EntityComparison: Sendable {
    /// How many were compared, and how many were not the same.
    struct Tally: Hashable, Sendable {
        var compared = 0
        var different = 0

        mutating func add(_ other: Tally) {
            compared += other.compared
            different += other.different
        }
    }

    private(set) var carts = Tally()
    private(set) var orders = Tally()
    private(set) var profiles = Tally()
    /// One line for each entity that is not the same.
    private(set) var differences: [String] = []

    /// Nothing compared.
    init() {}

    /// Compares one person's entities.
    init(_ state: StreamState, _ plain: PlainPerson) {
        let schemas = BuiltinSchemas.all
        func value(_ type: String, _ id: String) -> Value? {
            (try? EntityID(type: type, id: id)).flatMap { state.value(of: $0, schemas: schemas) }
        }
        let cart = value("cart", PlainCount.cart)
        if cart != nil || !plain.cart.lines.isEmpty || plain.checkouts > 0 {
            let count = cart?["checkouts"]?.integer ?? 0
            var words = Self.difference(cart?["lines"], plain.cart.lines)
            if count != Int64(plain.checkouts) {
                words.append("\(count) checkouts instead of \(plain.checkouts)")
            }
            note(words, "cart/\(PlainCount.cart)", in: \.carts)
        }
        let ids = Set(state.entities.keys.filter { $0.type == "order" }.map(\.id))
            .union(plain.orders.keys)
        for id in ids.sorted() {
            note(Self.difference(value("order", id), plain.orders[id]), "order/\(id)", in: \.orders)
        }
        let profile = value("profile", ShopWrite.profile)
        if profile != nil || plain.hasProfile {
            note(Self.difference(profile, plain), "profile/\(ShopWrite.profile)", in: \.profiles)
        }
    }

    private mutating func note(
        _ words: [String], _ name: String, in tally: WritableKeyPath<EntityComparison, Tally>
    ) {
        self[keyPath: tally].compared += 1
        guard !words.isEmpty else { return }
        self[keyPath: tally].different += 1
        differences.append("\(name): \(words.joined(separator: "; "))")
    }

    private static func difference(_ value: Value?, _ plain: [String: PlainLine]) -> [String] {
        let merged = value.map(lines) ?? [:]
        return Set(merged.keys).union(plain.keys).sorted().compactMap { sku in
            guard merged[sku] != plain[sku] else { return nil }
            return "\(sku) is \(words(merged[sku])) instead of \(words(plain[sku]))"
        }
    }

    private static func difference(_ value: Value?, _ plain: PlainOrder?) -> [String] {
        guard let plain else { return ["it should not be there"] }
        guard let value else { return ["it is missing"] }
        var words = difference(value["lines"], plain.lines)
        if value["status"]?.string != plain.status {
            words.append("is \(value["status"]?.string ?? "nothing") instead of \(plain.status)")
        }
        if value["total"].flatMap({ Money($0) }) != plain.total { words.append("another total") }
        let wanted = plain.payments.values.filter {
            $0.method != nil || $0.amount != nil || $0.installments != nil
        }
        if Set(payments(value["payments"])) != Set(wanted) { words.append("other payments") }
        return words
    }

    private static func difference(_ value: Value?, _ plain: PlainPerson) -> [String] {
        var words: [String] = []
        if value?["email"]?.string != plain.email { words.append("another e-mail address") }
        if Set(texts(value?["tags"])) != plain.tags { words.append("other tags") }
        let journey = texts(value?["journey"]).reduce(into: [:]) { $0[$1, default: 0] += 1 }
        if journey != plain.journey { words.append("another journey") }
        return words
    }

    private static func lines(_ value: Value) -> [String: PlainLine] {
        Dictionary(
            members(value).map { sku, line in
                let plain = PlainLine(
                    title: line["title"]?.string, price: line["price"].flatMap { Money($0) },
                    quantity: line["quantity"]?.integer ?? 0)
                return (sku, plain)
            }, uniquingKeysWith: { first, _ in first })
    }

    private static func payments(_ value: Value?) -> [ShopPayment] {
        members(value).map { key, payment in
            ShopPayment(
                key: key, method: payment["method"]?.string,
                amount: payment["amount"].flatMap { Money($0) },
                installments: payment["installments"]?.integer)
        }
    }

    private static func members(_ value: Value?) -> [(String, Value)] {
        guard case .object(let members)? = value else { return [] }
        return members.map { ($0.string, $1) }
    }

    private static func texts(_ value: Value?) -> [String] {
        guard case .list(let elements)? = value else { return [] }
        return elements.compactMap(\.string)
    }

    private static func words(_ line: PlainLine?) -> String {
        guard let line else { return "absent" }
        let price = line.price.map { " at \($0.amount) \($0.currency)" } ?? ""
        return "× \(line.quantity)\(price)\(line.title.map { " “\($0)”" } ?? "")"
    }
}

extension PlainPerson {
    fileprivate var hasProfile: Bool { email != nil || !tags.isEmpty || !journey.isEmpty }
}
