/// How far a replay has come.
public struct ReplayProgress: Hashable, Sendable {
    /// What is being done.
    public enum Phase: Hashable, Sendable {
        /// People's events are played; counted in events, those that write nothing included.
        case playing
        /// Devices sync until they agree, and are compared; counted in people.
        case settling
    }

    /// What is being done.
    public let phase: Phase
    /// How many are done.
    public let done: Int
    /// How many there are.
    public let total: Int
}
