import BatonCore

/// The three clients of the demo, by the words that scripts call them.
enum DemoSeat: String, CaseIterable, Sendable {
    case app, web, kiosk

    /// Where it stands.
    var channel: String { self == .kiosk ? "store" : rawValue }

    /// Only a kiosk hands goods over.
    var role: Role { self == .kiosk ? .kiosk : .customer }
}

/// What the demo sells. Scripts may name other articles, which then have neither title nor price.
struct DemoArticle: Sendable {
    let sku: String
    let title: String
    let cents: Int64

    static let all = [
        DemoArticle(sku: "tea", title: "Green tea", cents: 499),
        DemoArticle(sku: "mug", title: "Mug", cents: 750),
        DemoArticle(sku: "book", title: "Book of teas", cents: 1_900),
        DemoArticle(sku: "tin", title: "Tin", cents: 325),
    ]
}
