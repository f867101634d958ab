/// What was handed to this device of a stream: it goes on with that much, for that long.
public struct StreamShare: Sendable, Hashable {
    /// The entities that are shared, as the giver named them: `cart/main`, `order/main-*`, `*`.
    public let entities: [String]
    /// Until when: milliseconds since 1970.
    public let expires: Int64
    /// The token that opens it.
    let token: String
}
