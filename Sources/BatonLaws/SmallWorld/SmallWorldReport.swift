/// What a walk through a small world covered and found.
public struct SmallWorldReport: Sendable {
    /// What was covered of one scope.
    public struct Coverage: Hashable, Sendable {
        /// The scope.
        public let scope: SmallScope
        /// Histories that were checked, those with fewer events than the scope allows included.
        /// Histories that differ in the names of their replicas alone count as one, but for some
        /// of the incomplete ones.
        public internal(set) var histories: UInt64 = 0
        /// The orders in which the events of those histories can be delivered, all told.
        public internal(set) var deliveryOrders: UInt64 = 0
        /// Single folds that were made and compared: an event onto the state before it.
        public internal(set) var folds: UInt64 = 0
    }

    /// The rule that was walked.
    public let rule: SmallRule
    /// By scope, in the order of the walk. A walk ends after the first scope with a finding.
    public internal(set) var coverage: [Coverage] = []
    /// The shortest history that broke the rule; `nil` where none did.
    public internal(set) var finding: SmallWorldFinding?
}

/// A history in which the merge is not what its definition says.
public struct SmallWorldFinding: Hashable, Sendable {
    /// How many events the history has.
    public let events: Int
    /// What is wrong.
    public let problem: String
    /// The events, one to a line.
    public let history: [String]

    /// The problem and the history, in lines.
    public var description: String { ([problem] + history).joined(separator: "\n    ") }
}
