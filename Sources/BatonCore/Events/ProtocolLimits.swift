/// Sizes that every implementation holds to, so that what one accepts another can read.
///
/// No server allows more, or less: what a device wrote within them while it was offline must be taken.
public enum ProtocolLimits {
    /// Bytes of one encoded event: 64 KiB. A busy cart line takes 200; a photo belongs elsewhere.
    public static let eventBytes = 64 * 1024
    /// Operations of one event: what a checkout of the largest cart takes, and room.
    public static let operationsPerEvent = 1_000
    /// Bytes that the keeps of all of one map entry take: half of an event, so that two who make an
    /// entry grow while apart mostly leave it such that it can be edited.
    public static let keptBytesPerEntry = 32 * 1024
    /// Events of one push: a day of a busy till, in one transaction that nobody else waits long for.
    public static let eventsPerPush = 1_000
    /// Parts of a path; schemas may nest maps as deep as that and no deeper.
    public static let pathDepth = 16
    /// Bytes of UTF-8 of one key of a map: ids of products and shops, some of them joined.
    public static let keyBytes = 256
    /// Bytes of UTF-8 of one text value: a long note; more belongs elsewhere, as a photo does.
    public static let textBytes = 16 * 1024
    /// Nesting of a value: readers recurse, and what is deeper is a document, not a value.
    public static let valueDepth = 8
    /// Entries of a context's vector beyond the log: replicas whose events a writer had from elsewhere. Each is
    /// looked up.
    public static let contextEntries = 1_000

    /// All of them by name.
    public static let all: [(name: String, value: Int)] = [
        ("eventBytes", eventBytes), ("operationsPerEvent", operationsPerEvent),
        ("keptBytesPerEntry", keptBytesPerEntry), ("eventsPerPush", eventsPerPush),
        ("pathDepth", pathDepth), ("keyBytes", keyBytes), ("textBytes", textBytes),
        ("valueDepth", valueDepth), ("contextEntries", contextEntries),
    ]
}
