public import BatonCore

/// An entity that may look different now.
public struct Change: Sendable, Hashable {
    /// The stream.
    public let stream: StreamID
    /// The entity in it.
    public let entity: EntityID

    /// Names the entity.
    public init(stream: StreamID, entity: EntityID) {
        self.stream = stream
        self.entity = entity
    }
}
