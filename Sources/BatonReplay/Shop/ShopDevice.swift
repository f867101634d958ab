public import BatonCore

/// One session or platform of one person: a replica of its own in the replay.
public struct ShopDevice: Hashable, Sendable {
    /// How a device takes part.
    public enum Kind: String, Sendable, CaseIterable {
        /// An SDK client with a store of its own, which may be offline.
        case sdk
        /// A client without a store that writes over HTTP: a kiosk, a service.
        case thin
    }

    /// The person's stream.
    public let stream: StreamID
    /// The name that tells it from the person's other devices: a session id, a platform.
    public let name: String
    /// How it takes part.
    public let kind: Kind
    /// Where it stands: `app`, `web`, `store`, `service`.
    public let channel: ChannelName

    /// Names a device of a person.
    public init(stream: StreamID, name: String, kind: Kind, channel: ChannelName) {
        self.stream = stream
        self.name = name
        self.kind = kind
        self.channel = channel
    }
}
