/// The recorded data sets that can be replayed.
public enum DataSetKind: String, Sendable, CaseIterable {
    /// REES46's shop events: one csv row per view, cart, removal and purchase of a product.
    case rees46
    /// Snowplow's e-commerce tracker: one JSON object per event.
    case snowplow
    /// Olist's marketplace: orders, items, payments and customers in csv tables.
    case olist
    /// OTTO's sessions: one JSON object per session.
    case otto
    /// Retentioneering's (synthetic) shop: one csv row per event.
    case retentioneering
}

/// A file of the data set's folder, and what it was taken for.
public struct DataFile: Hashable, Sendable {
    /// What a file is for.
    public enum Role: String, Sendable, CaseIterable {
        /// Its rows tell events.
        case events
        /// Its rows complete the rows of others.
        case details
        /// It was recognised; nothing in it can be replayed.
        case notNeeded = "not-needed"
        /// It was not recognised.
        case unknown
    }

    /// The file's name without its folder.
    public let name: String
    /// What it is for.
    public let role: Role
    /// What it was taken for, in a few words.
    public let content: String

    /// Names a file and what it was taken for.
    public init(name: String, role: Role, content: String) {
        self.name = name
        self.role = role
        self.content = content
    }
}
