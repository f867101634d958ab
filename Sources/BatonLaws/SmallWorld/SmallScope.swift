/// How large a small world is. Within a scope, every history is walked.
public struct SmallScope: Hashable, Sendable {
    /// What the writers of events may have seen.
    public enum Views: String, Hashable, Sendable {
        /// All of a replica's own earlier events, all that it had seen before, and whatever those
        /// had seen: what devices see that pull and write.
        case causal
        /// Any prefix of each replica's events, its own too: what an event may say at all.
        case any
    }

    /// How an event says what its writer had seen.
    public enum Saying: String, Hashable, Sendable {
        /// By vectors alone, with no event in a log.
        case vectors
        /// By an offset of the log wherever that says it, and by vectors for the rest. The log's
        /// order is one linear extension of each history.
        case offsets
    }

    /// How many replicas there are at most.
    public let replicas: Int
    /// How many events each of them writes at most.
    public let operations: Int
    /// Whether each event does one of all things that the rule's alphabet has, or of its first two.
    public let fullAlphabet: Bool
    /// What writers may have seen.
    public let views: Views
    /// How they say it.
    public let saying: Saying

    /// Joins the parts; at most three replicas with three events each.
    public init(
        replicas: Int, operations: Int, fullAlphabet: Bool, views: Views = .causal,
        saying: Saying = .vectors
    ) {
        precondition(
            (1...3).contains(replicas) && (1...3).contains(operations),
            "\(replicas) replicas with \(operations) events: a small world has up to 3 of each")
        self.replicas = replicas
        self.operations = operations
        self.fullAlphabet = fullAlphabet
        self.views = views
        self.saying = saying
    }

    /// Whether histories have more than six events: then the live writes are held to the
    /// definition from each of the last events, but a snapshot, an event that comes again and the
    /// value are tried once for each history (the value under the rule's first reading), and
    /// canonical bytes not at all.
    public var isLarge: Bool { replicas * operations > 6 }

    /// The scope in words: `3 replicas x 2 events, full alphabet, causal views, offsets`.
    public var description: String {
        "\(replicas) replicas x \(operations) events, "
            + (fullAlphabet ? "full alphabet" : "two letters")
            + ", \(views.rawValue) views, by \(saying.rawValue)"
    }
}

/// A choice of scopes.
public enum SmallSize: String, CaseIterable, Sendable {
    /// Seconds in a debug build: what the tests walk.
    case quick
    /// Minutes in a release build: two replicas with three events and three with two, each with
    /// the full alphabet, and stale views of two replicas.
    case medium
    /// Long: three replicas with three events as well, of two letters, which makes 115 million
    /// histories a rule.
    case full

    /// The scopes, the smaller ones first. A rule whose events keep what their writer saw has
    /// no views but causal ones.
    public func scopes(of rule: SmallRule) -> [SmallScope] {
        let sayings = [SmallScope.Saying.vectors, .offsets]
        func scopes(_ replicas: Int, _ operations: Int, full: Bool = true) -> [SmallScope] {
            sayings.map {
                SmallScope(
                    replicas: replicas, operations: operations, fullAlphabet: full, saying: $0)
            }
        }
        func stale(_ operations: Int, full: Bool) -> [SmallScope] {
            rule == .entry
                ? []
                : [
                    SmallScope(
                        replicas: 2, operations: operations, fullAlphabet: full, views: .any)
                ]
        }
        switch self {
        case .quick:
            return [
                SmallScope(replicas: 2, operations: 2, fullAlphabet: true, saying: .offsets),
                SmallScope(replicas: 3, operations: 1, fullAlphabet: true, saying: .vectors),
            ]
        case .medium:
            return scopes(2, 3) + scopes(3, 2) + stale(2, full: true) + stale(3, full: false)
        case .full:
            return SmallSize.medium.scopes(of: rule)
                + [SmallScope(replicas: 3, operations: 3, fullAlphabet: false, saying: .offsets)]
        }
    }
}
