/// States, the moves between them, and which state prevails when moves were concurrent.
public struct Workflow: Hashable, Sendable {
    /// One allowed move.
    public struct Move: Hashable, Sendable {
        /// The state it leaves; empty text for the first move of all.
        public let from: ExactText
        /// The state it reaches.
        public let to: ExactText
        /// The roles that may make it; empty: all.
        public let roles: [Role]

        /// Declares a move.
        public init(_ from: ExactText, _ to: ExactText, roles: [Role] = []) {
            self.from = from
            self.to = to
            self.roles = roles
        }
    }

    /// All states, the one that prevails over all others last.
    public let precedence: [ExactText]
    /// The allowed moves.
    public let moves: [Move]

    /// Declares a workflow; `precedence` names every state once.
    public init(precedence: [ExactText], moves: [Move]) {
        self.precedence = precedence
        self.moves = moves
    }

    /// How strongly a state prevails; −1 for an unknown one.
    func strength(of state: ExactText) -> Int { precedence.firstIndex(of: state) ?? -1 }
}
