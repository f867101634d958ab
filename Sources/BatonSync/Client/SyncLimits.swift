import BatonCore

/// Every limit of the SDK, with its reason.
enum SyncLimits {
    /// Bytes of one encoded event: the protocol's limit, less room for what writing it anew under
    /// another replica id adds to its context.
    static let eventBytes = ProtocolLimits.eventBytes - 1024
    /// Bytes of events in one request: the server's default body limit of 1 MiB, less room for the
    /// framing of a hundred streams.
    static let pushBytes = 896 * 1024
    /// Events of one stream in one request; the protocol's own limit.
    static let pushEvents = 1_000
    /// Streams of one request; the protocol's own limit for a sync and for a live connection.
    static let streamsPerCall = 100
    /// Bytes of one answer: room for a snapshot far beyond any shopper's, and no more than a phone
    /// can hold.
    static let answerBytes = 16 * 1024 * 1024
    /// Rounds of one sync before it gives up for this time: 1,000 events a round make ten million.
    static let rounds = 10_000
    /// Rounds in a row that bring nothing new before a sync gives up for this time.
    static let idleRounds = 5
    /// Bytes of one server-sent event: as for an answer.
    static let liveEventBytes = answerBytes
    /// Pieces of a live connection's body that wait to be read, each some kilobytes at most.
    static let livePieces = 1_024
    /// Characters of an answer's text that go into a failure's cause.
    static let causeCharacters = 500
    /// Seconds that a server may ask us to stay away; a longer wish is held to this.
    static let longestRetryAfter: Int64 = 3_600
    /// Milliseconds that a clock may be away from the server's before a correction is changed.
    static let tolerableDrift: Int64 = 60_000
    /// Refused events that are kept of one stream; beyond these the oldest are dropped, or an app
    /// that never looks at them would fill the disk.
    static let refusedEvents = 1_000
    /// Mended troubles that are kept for who asks later; beyond these the oldest are dropped.
    static let healedTroubles = 100
    /// Confirmed own events that are kept of one stream, and bytes of them, in case the log is
    /// restored from a backup: weeks of a shopper, a day of a busy till. Beyond these the oldest go.
    static let keptEvents = 1_000
    /// Bytes of the same.
    static let keptBytes = 1024 * 1024
    /// Tries of one claim whose answer gets lost.
    static let claimTries = 3
    /// How often a giver asks what became of its code.
    static let handoffPause = Duration.seconds(1)
    /// Milliseconds after a code's time for which a giver who cannot reach the server goes on asking.
    static let handoffPatience: Int64 = 60_000
    /// Live connections of one client: enough for an associate's open customers; streams beyond
    /// these are synced by the timer.
    static let liveStreams = 8

    /// What a server's clock may say, in milliseconds since 1970: up to the year 10000, as timestamps.
    static let serverTimes: ClosedRange<Int64> = 0...253_402_300_799_999
}
