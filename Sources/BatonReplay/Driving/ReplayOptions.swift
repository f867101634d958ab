/// How a data set is replayed.
public struct ReplayOptions: Hashable, Sendable {
    /// When devices are connected.
    public enum Connection: Hashable, Sendable {
        /// Every device syncs before and after each event; nothing is lost on the way.
        case online
        /// Devices are offline for this share of the time, from 0 to 1; requests and answers get
        /// lost or arrive twice, and clients are restarted.
        case windows(offline: Double)
    }

    /// When devices are connected.
    public var connection = Connection.windows(offline: 0.5)
    /// What all chance depends on: offline windows, faults, restarts.
    public var seed: UInt64 = 1
    /// How many people are replayed at once. One person's events keep their order.
    public var width = 8
    /// Whether the server may hold other events than this replay's: replica ids are then drawn
    /// anew, and a person whose stream has events already is a failure.
    public var isForeignServer = false

    /// Offline half of the time, with seed 1.
    public init() {}

    var isOnline: Bool { connection == .online }
}
