/// A place in a data file.
public struct RowPlace: Hashable, Sendable, CustomStringConvertible {
    /// The file's name without its folder.
    public let file: String
    /// The line at which the row begins, from 1; after decompression.
    public let line: Int

    /// Names a line of a file.
    public init(file: String, line: Int) {
        self.file = file
        self.line = line
    }

    /// `file:line`.
    public var description: String { "\(file):\(line)" }
}

/// One thing that happened on one device.
public struct ShopEvent: Hashable, Sendable {
    /// Where it happened.
    public let device: ShopDevice
    /// When, in milliseconds since 1970 as the file says; times without a zone are read as UTC.
    ///
    /// Not always in order: see ``LoadedDataSet/events``.
    public let time: Int64
    /// The row that says so; the first, if several do.
    public let place: RowPlace
    /// What happened.
    public let action: ShopAction
    /// How often the file has the row: beyond 1, a sender delivered the same event again.
    public internal(set) var deliveries: Int

    /// Joins the parts of an event.
    public init(
        device: ShopDevice, time: Int64, place: RowPlace, action: ShopAction, deliveries: Int = 1
    ) {
        self.device = device
        self.time = time
        self.place = place
        self.action = action
        self.deliveries = deliveries
    }
}
