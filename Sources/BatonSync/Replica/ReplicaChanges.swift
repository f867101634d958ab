package import BatonCore

/// What has changed in a ``StreamReplica`` since it was last stored, so that one transaction can
/// store that and no more.
package struct ReplicaChanges: Sendable {
    /// Cursor, offset, vector, counter or clock are others.
    package var position = false
    /// The confirmed state was replaced as a whole.
    package var replacedState = false
    /// Entities of the confirmed state to store again, or to delete where nothing lives any more.
    package var entities: Set<EntityID> = []
    /// Outbox entries to store again, or to delete where they are gone.
    package var outbox: Set<Dot> = []
    /// Inbox entries to store, or to delete where they are gone.
    package var inbox: Set<Dot> = []
    /// Entities that may look different to the app.
    package var visible: Set<EntityID> = []

    /// Nothing yet.
    package init() {}

    /// Whether nothing needs storing.
    package var isEmpty: Bool {
        !position && !replacedState && entities.isEmpty && outbox.isEmpty && inbox.isEmpty
    }
}
