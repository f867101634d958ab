/// How the client stands to the server: for a badge in the app's corner.
public struct SyncStatus: Sendable, Hashable {
    /// What it is doing.
    public enum Phase: Sendable, Hashable {
        /// No sync was tried yet.
        case idle
        /// A sync is under way.
        case syncing
        /// All was exchanged, at this time: milliseconds since 1970.
        case upToDate(at: Int64)
        /// No server has been reached since this time: milliseconds since 1970.
        case offline(since: Int64)
        /// The last sync failed for a reason that waiting alone does not mend.
        case failed(at: Int64)
    }

    /// What it is doing.
    public internal(set) var phase: Phase = .idle
    /// Own events that no log has taken yet.
    public internal(set) var pending = 0
    /// Entries that the logs are known to hold and this client has not taken in yet.
    public internal(set) var behind: UInt64 = 0
    /// Refused events in the inbox.
    public internal(set) var refused = 0
    /// Troubles that were met and mended since the client was opened; see
    /// ``SyncClient/healedTroubles``.
    public internal(set) var healed = 0
    /// Whether the server has schemas in a form that this version of the SDK cannot read: the app should be
    /// updated. Everything goes on meanwhile; what only these schemas know is kept and sent on, and not
    /// shown.
    public internal(set) var needsUpdate = false
    /// Why the last sync failed; `nil` after one that went well.
    public internal(set) var lastFailure: SyncFailure?

    /// Whether phase, numbers and the failure's code are the same.
    public static func == (left: SyncStatus, right: SyncStatus) -> Bool {
        left.phase == right.phase && left.pending == right.pending && left.behind == right.behind
            && left.refused == right.refused && left.healed == right.healed
            && left.needsUpdate == right.needsUpdate
            && left.lastFailure?.code == right.lastFailure?.code
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(phase)
        hasher.combine(pending)
        hasher.combine(behind)
        hasher.combine(refused)
        hasher.combine(healed)
        hasher.combine(needsUpdate)
    }
}
