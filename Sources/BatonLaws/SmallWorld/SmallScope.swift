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

    /// Which of the things in the rule's alphabet events may do.
    public enum Letters: Hashable, Sendable {
        /// Any of them.
        case all
        /// These two, by their places in the alphabet. Where a history has too many events for all
        /// letters, all pairs stand in for them: whatever two things do to each other in it.
        case pair(Int, Int)
    }

    /// How many replicas there are at most.
    public let replicas: Int
    /// How many events each of them writes at most.
    public let operations: Int
    /// What events may do.
    public let letters: Letters
    /// What writers may have seen.
    public let views: Views
    /// How they say it.
    public let saying: Saying

    /// Joins the parts; at most three replicas with three events each.
    public init(
        replicas: Int, operations: Int, letters: Letters = .all, views: Views = .causal,
        saying: Saying = .vectors
    ) {
        precondition(
            (1...3).contains(replicas) && (1...3).contains(operations),
            "\(replicas) replicas with \(operations) events: a small world has up to 3 of each")
        self.replicas = replicas
        self.operations = operations
        self.letters = letters
        self.views = views
        self.saying = saying
    }

    /// Whether histories have more than six events. Then a snapshot and an event that comes again are
    /// tried from one of the last events of each history, and not from each of them.
    public var isLarge: Bool { replicas * operations > 6 }

    /// The scope in words: `3 replicas x 2 events, full alphabet, causal views, by offsets`.
    public var description: String {
        "\(replicas) replicas x \(operations) events, \(letters.words), \(views.rawValue) views, "
            + "by \(saying.rawValue)"
    }
}

extension SmallScope.Letters {
    fileprivate var words: String {
        switch self {
        case .all: return "full alphabet"
        case .pair(let first, let second): return "letters \(first + 1) and \(second + 1)"
        }
    }
}

/// A choice of scopes.
public enum SmallSize: String, CaseIterable, Sendable {
    /// Seconds in a debug build: what the tests walk. Two replicas with two events, and three with
    /// one, with the full alphabet.
    case quick
    /// Minutes in a release build: two replicas with three events and three with two, each with
    /// the full alphabet, and stale views of two replicas.
    case medium
    /// Hours: three replicas with three events as well, of each pair of letters, which makes 115
    /// million histories a pair.
    case full

    /// The scopes, the smaller ones first. A rule whose events keep what their writer saw has
    /// no views but causal ones.
    public func scopes(of rule: SmallRule) -> [SmallScope] {
        switch self {
        case .quick:
            return [
                SmallScope(replicas: 2, operations: 2, saying: .offsets),
                SmallScope(replicas: 3, operations: 1),
            ]
        case .medium:
            let sayings = [SmallScope.Saying.vectors, .offsets]
            let causal = [(2, 3), (3, 2)].flatMap { replicas, operations in
                sayings.map {
                    SmallScope(replicas: replicas, operations: operations, saying: $0)
                }
            }
            guard rule != .entry else { return causal }
            let stale = SmallScope(replicas: 2, operations: 2, views: .any)
            return causal + [stale]
                + rule.pairs.map {
                    SmallScope(replicas: 2, operations: 3, letters: $0, views: .any)
                }
        case .full:
            return SmallSize.medium.scopes(of: rule)
                + rule.pairs.map {
                    SmallScope(replicas: 3, operations: 3, letters: $0, saying: .offsets)
                }
        }
    }
}

extension SmallRule {
    /// All pairs of two different letters of the rule's alphabet.
    public var pairs: [SmallScope.Letters] {
        let count: Int
        do {
            count = try SmallAlphabet.of(self).letters.count
        } catch {
            preconditionFailure("the small world's own names: \(error)")
        }
        return (0..<count).flatMap { first in
            (first + 1..<count).map { .pair(first, $0) }
        }
    }
}
