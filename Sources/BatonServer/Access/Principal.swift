public import BatonCore

/// Who calls: what a verified token says.
public struct Principal: Hashable, Sendable {
    /// Whose data the caller may see at all.
    public let tenant: TenantID
    /// What the caller is to the tenant.
    public let role: Role
    /// The streams that the caller may touch.
    public let streams: StreamScope
    /// The only replica under which the caller may push; `nil`: any.
    public let replica: ReplicaID?
    /// Where the caller stands, if the token says so.
    public let channel: ChannelName?
    /// The entities that the caller may touch in these streams.
    public let entities: EntityScope
    /// What is known of the token.
    public let token: TokenFacts

    /// Joins the parts.
    public init(
        tenant: TenantID, role: Role, streams: StreamScope, replica: ReplicaID? = nil,
        channel: ChannelName? = nil, entities: EntityScope = .all, token: TokenFacts = .none
    ) {
        self.tenant = tenant
        self.role = role
        self.streams = streams
        self.replica = replica
        self.channel = channel
        self.entities = entities
        self.token = token
    }
}

/// The streams that a token covers.
public enum StreamScope: Hashable, Sendable {
    case all
    /// Streams by name; a name that ends with `*` stands for all that start so.
    case named([String])

    /// Reads a token's list; `*` alone covers all.
    public init(_ names: [String]) { self = names.contains("*") ? .all : .named(names) }

    /// Whether a name may stand in a token: a stream's, `prefix*`, or `*` alone.
    public static func isValid(_ name: String) -> Bool {
        if name == "*" { return true }
        return (try? StreamID(name.hasSuffix("*") ? String(name.dropLast()) : name)) != nil
    }

    /// Whether the scope covers a stream. O(names).
    public func covers(_ stream: StreamID) -> Bool {
        switch self {
        case .all: return true
        case .named(let names):
            return names.contains {
                $0.hasSuffix("*")
                    ? stream.description.hasPrefix($0.dropLast()) : $0 == stream.description
            }
        }
    }
}
