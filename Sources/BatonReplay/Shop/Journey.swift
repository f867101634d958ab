public import BatonCore

/// All that one person did, on all devices.
public struct Journey: Hashable, Sendable {
    /// The person's stream.
    public let stream: StreamID
    /// The person's devices, by first use.
    public private(set) var devices: [ShopDevice] = []
    /// The person's events in the order of the data set.
    public private(set) var events: [ShopEvent] = []

    /// A person who has done nothing yet.
    public init(stream: StreamID) { self.stream = stream }

    /// Appends an event of the person and notes its device. O(devices).
    public mutating func append(_ event: ShopEvent) {
        if !devices.contains(event.device) { devices.append(event.device) }
        events.append(event)
    }
}
