/// Named fields in the order in which the schema declares them.
public struct Record: Hashable, Sendable {
    /// The fields in their declared order.
    public let fields: [Field]
    private let names: [ExactText]

    /// Fields with names that differ.
    public init(_ fields: [Field]) {
        self.fields = fields
        names = fields.map(\.name)
    }

    /// The field of that name. O(fields): names differ early, and no hash is as fast for the few
    /// that a record has.
    public subscript(name: ExactText) -> Field? { names.firstIndex(of: name).map { fields[$0] } }
}

/// A named place in an entity or a map entry.
///
/// One reference, however much it says: fields are copied with each step of each path.
public struct Field: Hashable, Sendable {
    private final class Content: Sendable {
        let name: ExactText
        let rule: Rule
        let writers: [Role]
        let readers: [Role]
        let adoption: Adoption?
        let most: Int?
        let redaction: Redaction
        let isReported: Bool
        let compared: ExactText?
        /// Whether it or a field below says how much it holds at most.
        let hasBounds: Bool

        init(
            _ name: ExactText, _ rule: Rule, _ writers: [Role], _ readers: [Role],
            _ adoption: Adoption?, _ most: Int?, _ redaction: Redaction, _ isReported: Bool,
            _ compared: ExactText?
        ) {
            self.name = name
            self.rule = rule
            self.writers = writers
            self.readers = readers
            self.adoption = adoption
            self.most = most
            self.redaction = redaction
            self.isReported = isReported
            self.compared = compared
            hasBounds = most != nil || rule.hasBounds
        }
    }

    private let content: Content

    /// 1 to 63 of letters `A-Z a-z`, digits and `_`, first a letter.
    public var name: ExactText { content.name }
    /// How it merges.
    public var rule: Rule { content.rule }
    /// The roles that may write it; empty: all.
    public var writers: [Role] { content.writers }
    /// The roles that see it, and what lies below it, and may write there; empty: as the field above
    /// says, or else the type (``Schema/readers``).
    public var readers: [Role] { content.readers }
    /// What adoption does with it and with what lies below; `nil`: as the field above says, or
    /// else the default of the rule (``Rule/adoptions``).
    public var adoption: Adoption? { content.adoption }
    /// The most elements, keys or facts of a set, map or log that a writer may make of what it has
    /// seen; `nil`: any number. What replicas add while apart is all kept (``StreamState/crowding(by:schemas:)``).
    public var most: Int? { content.most }
    /// From whom its values, and those below, are hidden where decisions are explained.
    public var redaction: Redaction { content.redaction }
    /// Whether what concurrency decides here and below is a conflict to list. Not so of what is
    /// kept for the record only, such as when an order was placed.
    public var isReported: Bool { content.isReported }
    /// Of a map: the register beside it that everyone writes who writes the map as a whole. Where
    /// concurrent writes live there, a key that some of them lack is a conflict (section 5.8).
    public var compared: ExactText? { content.compared }
    /// Whether it or a field below says how much it holds at most.
    var hasBounds: Bool { content.hasBounds }

    /// Declares a field.
    public init(
        _ name: ExactText, _ rule: Rule, writers: [Role] = [], readers: [Role] = [],
        adoption: Adoption? = nil, most: Int? = nil, redaction: Redaction = .none,
        isReported: Bool = true, comparedBy: ExactText? = nil
    ) {
        content = Content(
            name, rule, writers, readers, adoption, most, redaction, isReported, comparedBy)
    }

    public static func == (left: Field, right: Field) -> Bool {
        left.content === right.content
            || left.name == right.name && left.rule == right.rule && left.writers == right.writers
                && left.readers == right.readers && left.adoption == right.adoption
                && left.most == right.most
                && left.redaction == right.redaction && left.isReported == right.isReported
                && left.compared == right.compared
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(name)
        hasher.combine(rule)
        hasher.combine(most)
    }
}

/// Who a writer is to the tenant, as its token says.
public enum Role: String, Hashable, Sendable, CaseIterable {
    /// The person whose journey it is.
    case customer
    /// A shared device in a store.
    case kiosk
    /// A person of the shop's staff.
    case associate
    /// Another system of the shop's: a till's back end, a warehouse, a script.
    case service
    /// A person who runs the service.
    case `operator`
}
