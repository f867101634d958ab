import BatonCore

/// What has changed in a ``StreamReplica`` since it was last stored, so that one transaction can
/// store that and no more.
struct ReplicaChanges: Sendable {
    /// Cursor, offset, vector, counter or clock are others.
    var position = false
    /// The confirmed state was replaced as a whole.
    var replacedState = false
    /// Entities of the confirmed state to store again, or to delete where nothing lives any more.
    var entities: Set<EntityID> = []
    /// Outbox entries to store again, or to delete where they are gone.
    var outbox: Set<Dot> = []
    /// Inbox entries to store, or to delete where they are gone.
    var inbox: Set<Dot> = []
    /// Entities that may look different to the app.
    var visible: Set<EntityID> = []

    /// Whether nothing needs storing.
    var isEmpty: Bool {
        !position && !replacedState && entities.isEmpty && outbox.isEmpty && inbox.isEmpty
    }
}
