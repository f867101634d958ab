import BatonCore

/// What a case asks.
enum CaseKind: String, CaseIterable {
    case state
    case compaction
    case snapshot
    case keeps
    case refold
    case sight
    case adopt
    case checkout
    case total
    case log
    case check
    case schema
    case schemaChange = "schema-change"
    case form
    case pushBytes = "push-bytes"
    case eventBytes = "event-bytes"
    case covers
    case order
    case clock
    case canonical
    case valueOrder = "value-order"
    case pointer
    case instant
    case name

    /// The answer to a case of this kind.
    func answer(to given: Given) async throws -> Value {
        if self == .log { return try await LogAnswer.answer(to: given) }
        return try .object(pureAnswer(to: given))
    }

    private func pureAnswer(to given: Given) throws(UnreadableCase) -> [ExactText: Value] {
        switch self {
        case .log: return [:]
        case .state: return try StateAnswer.state(given)
        case .compaction: return try StateAnswer.compaction(given)
        case .snapshot: return try StateAnswer.snapshot(given)
        case .keeps: return try StateAnswer.keeps(given)
        case .refold: return try StateAnswer.refold(given)
        case .sight: return try SightAnswer.sight(given)
        case .adopt: return try AdoptionAnswer.adopt(given)
        case .checkout: return try CheckoutAnswer.checkout(given)
        case .total: return try CheckoutAnswer.total(given)
        case .check: return try EventAnswer.check(given)
        case .form: return try EventAnswer.form(given)
        case .pushBytes: return try EventAnswer.pushBytes(given)
        case .eventBytes: return try EventAnswer.eventBytes(given)
        case .schema: return try SchemaAnswer.schema(given)
        case .schemaChange: return try SchemaAnswer.change(given)
        case .covers: return try CausalityAnswer.covers(given)
        case .order: return try CausalityAnswer.order(given)
        case .clock: return try CausalityAnswer.clock(given)
        case .canonical: return try ValueAnswer.canonical(given)
        case .valueOrder: return try ValueAnswer.order(given)
        case .pointer: return try ValueAnswer.pointer(given)
        case .instant: return try ValueAnswer.instant(given)
        case .name: return try ValueAnswer.name(given)
        }
    }
}
