import BatonCore

extension LogFailure {
    static let closed = LogFailure(.closed, "the log was closed: open it again")

    static func snapshotMissing(for offset: Offset, stored: Offset?) -> LogFailure {
        let found = stored.map { "the stored one ends at \($0)" } ?? "none is stored"
        return LogFailure(
            .snapshotMissing,
            "compacting through \(offset) takes a snapshot up to there, and \(found): store one")
    }
}

extension StoredSnapshot {
    /// Fails where the snapshot says more than a log that ends at `head` can.
    func check(against head: Offset) throws(LogFailure) {
        guard offset <= head else {
            throw LogFailure(
                .corrupt,
                "the snapshot covers offset \(offset), but the log ends at \(head): one of them is "
                    + "not this stream's, or entries were lost; restore from a backup")
        }
    }
}

extension LogIdentity {
    /// A fresh identity from the system's source of randomness.
    public static func random() -> LogIdentity {
        let epoch = String(UInt64.random(in: .min ... .max), radix: 16)
        return LogIdentity(
            epoch: String(repeating: "0", count: 16 - epoch.count) + epoch,
            replica: ReplicaID(
                high: .random(in: .min ... .max), low: .random(in: 1 ... .max)))
    }
}
