/// How two sets of seen events stand to each other.
public enum CausalOrder: Sendable, Hashable {
    /// Both have seen the same.
    case equal
    /// The left one has seen less, and nothing that the right one has not.
    case before
    /// The left one has seen more, and everything that the right one has.
    case after
    /// Each has seen something that the other has not.
    case concurrent
}
