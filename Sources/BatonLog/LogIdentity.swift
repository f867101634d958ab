public import BatonCore

/// What tells one log from every other.
public struct LogIdentity: Hashable, Sendable {
    /// 16 random hexadecimal digits, drawn when the log was made; part of every cursor. Offsets
    /// mean something only under the same epoch.
    public let epoch: String
    /// The replica id under which servers of this log write for thin clients.
    public let replica: ReplicaID

    /// Joins the parts.
    public init(epoch: String, replica: ReplicaID) {
        self.epoch = epoch
        self.replica = replica
    }
}
