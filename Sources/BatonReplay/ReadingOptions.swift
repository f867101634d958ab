/// How to read a data set.
public struct ReadingOptions: Hashable, Sendable {
    /// The most rows that are held in memory: what some GiB take.
    public static let mostRows = 2_000_000

    /// How many rows to read at most; `nil`: all.
    ///
    /// A row is what tells an event of its own: a line of an event file, an event of an OTTO
    /// session, an order of Olist with all that belongs to it. Files are read in the order of
    /// their first row's time.
    public var limit: Int?
    /// Whether to stop at the first garbled row instead of skipping it.
    public var isStrict: Bool

    /// Reads everything and skips garbled rows unless told otherwise.
    public init(limit: Int? = nil, isStrict: Bool = false) {
        self.limit = limit
        self.isStrict = isStrict
    }
}
