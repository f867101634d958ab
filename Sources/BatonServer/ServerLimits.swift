/// A limit on everything that a client can make grow, with its reason. A limit that is hit is named
/// in the answer that hits it.
public struct ServerLimits: Hashable, Sendable {
    /// Bytes of a request body as sent. A push of 1,000 busy events takes 200 KiB.
    public var bodyBytes = 1024 * 1024
    /// Bytes of a request body once decompressed: a body may shrink eightfold, a bomb more.
    public var decompressedBytes = 8 * 1024 * 1024
    /// How many times its size a body may be once decompressed, beyond ``bodyBytes``, which could as well
    /// have been sent as they are: deflate shrinks zeros 1,032-fold, and what people write far less.
    public var decompressedRatio = 32
    /// Streams of one sync: what a kiosk or an associate follows at once, and room.
    public var streamsPerSync = 200
    /// Streams of one live subscription; the combined id must fit a header line.
    public var streamsPerLive = 50
    /// Live subscriptions at once; each holds a connection and some 20 KiB.
    public var liveSubscribers = 10_000
    /// Live subscriptions of one caller at once: the devices of a household, or of a shop's counter. The roles
    /// `service` and `operator` are not held to it.
    public var livePerCaller = 100
    /// Connections that are served at once: the live ones, and room for those who come and go. One
    /// more is told so and closed.
    public var connections = 12_000
    /// Streams of HTTP/2 of all connections together, each a request or a live answer under way; a connection may
    /// have 100. One more is closed unanswered.
    public var streamsAtOnce = 12_000
    /// Requests a second of one caller, and twice as many at once: a device syncs after each write, and
    /// nobody writes so fast. The roles `service` and `operator` are not held to it.
    public var requestsPerSecond = 100
    /// Bytes a minute of one caller, requests and answers: a new device's first sync, some times over.
    public var bytesPerMinute = 64 * 1024 * 1024
    /// Callers whose requests and bytes are counted; beyond, those who owe nothing are forgotten first.
    public var principals = 100_000
    /// Tenants that are counted one by one in the metrics; what others cause is in the totals alone.
    public var tenantsCounted = 1_000
    /// Bytes of one header line; a token takes 8 KiB at most, the combined id of a live answer 9.
    public var headerBytes = 16 * 1024
    /// Bytes of all header lines of a request: a token, the combined id of a live answer, and what browsers and
    /// proxies add.
    public var headersBytes = 32 * 1024
    /// Header lines of a request: browsers send some twenty, and each costs an allocation.
    public var headers = 100
    /// Seconds that a TLS handshake may take, and a request's head from its first byte to its last: both
    /// fit a few packets.
    public var headSeconds = 10
    /// Seconds that a request's body may take to arrive: a mebibyte on the slowest network that a till is
    /// on.
    public var bodySeconds = 60
    /// Requests that are worked on or wait for their turn: a second's work, so that who is not
    /// refused is served before a client's patience ends.
    public var requestsAtOnce = 2_048
    /// Of these, those of one caller, with the same exceptions: a device has a few under way.
    public var requestsPerCallerAtOnce = 32
    /// Of these, claims of codes by callers without a token: strangers leave most places to others.
    public var claimsAtOnce = 256
    /// Claims of codes that one address may have under way: a shop's tills. Anybody may send one. Where a proxy
    /// hides the addresses this is for all, and wants to be more.
    public var claimsPerAddress = 16
    /// Bytes of the body of a claim, a code and a channel: strangers send them.
    public var claimBytes = 4 * 1024
    /// Requests that read the log at once; the others of ``requestsAtOnce`` wait. Each holds up to
    /// ``bytesPerSync`` a few times over, and more at once would not be faster on a few cores.
    public var readersAtOnce = 64
    /// Bytes of all request bodies that are held at once: those of 64 of the largest.
    public var bodyBytesAtOnce = 64 * 1024 * 1024
    /// Of these, those of one caller, but `service` and `operator`: one of the largest, decompressed.
    public var bodyBytesPerCaller = 8 * 1024 * 1024
    /// Bytes of all answers at once that wait for their clients to read them.
    public var answerBytesAtOnce = 128 * 1024 * 1024
    /// Writes that wait for the disk, of each of the log's files: with one commit for all that wait, a second's
    /// work of a slow disk.
    public var logWritesWaiting = 4_096
    /// Bytes of these: one commit of so many takes a second on a slow disk, too.
    public var logBytesWaiting = 64 * 1024 * 1024
    /// Bytes of one connection's answers that wait unsent: so many in the system, and twice as many in the
    /// server. By itself the system takes megabytes for a client that reads nothing, and answers for it go on
    /// being made until these are full. What is under way does not count.
    public var unsentBytes = 16 * 1024
    /// Seconds that a client may take to read a piece of an answer; then it is cut off, and goes on
    /// from its cursor when it comes again.
    public var stallSeconds = 30
    /// Events of one pull answer: small ones, as most are, then fill ``bytesPerPull``.
    public var eventsPerPull = 10_000
    /// About so many bytes of events in one pull answer.
    public var bytesPerPull = 1024 * 1024
    /// About so many bytes of events in the answer to one sync, all of its streams together: what a
    /// phone can hold at once. What is left comes with the next one.
    public var bytesPerSync = 4 * 1024 * 1024
    /// About so many bytes of events in one message of a live answer: each slow subscriber may hold
    /// one.
    public var bytesPerLive = 32 * 1024
    /// Entries of one page of a timeline or a list: more than anybody scrolls through.
    public var entriesPerPage = 1_000
    /// Sides of conflicts that are looked at for those that are settled: each event looks at all that its entities
    /// have, and so many are seconds of work.
    public var settledLooks = 5_000_000
    /// Sides of settled conflicts that are told of: some 30 MiB.
    public var settledSides = 200_000
    /// Streams whose state is kept in memory; the one used longest ago goes first.
    public var cachedStates = 2_048
    /// About so many bytes of them, as they would be stored; in memory they take several times that.
    public var cachedStateBytes = 64 * 1024 * 1024
    /// Events after which a state is stored as a snapshot, so that no read folds more than that; a
    /// large state is stored less often, see ``eventsPerSnapshot(ofBytes:)``. A new device is given
    /// a longer history as its state.
    public var eventsPerSnapshot: UInt64 = 256
    /// Streams that wait to be folded ahead of those who will ask. One more is left out: it is folded
    /// when somebody asks.
    public var foldsAhead = 1_024
    /// Events that a pull which brings events folds at most for the state hash. Beyond, the answer
    /// comes without one, and the next that brings nothing new carries it.
    public var eventsFoldedPerPull: UInt64 = 64
    /// Milliseconds that a timestamp may stand ahead of the server's clock (L8).
    public var clockDrift: Int64 = 60_000
    /// Seconds between heartbeats of a live answer; proxies drop what is silent for a minute.
    public var heartbeatSeconds = 15
    /// Seconds after which a connection without a request is closed.
    public var idleSeconds: Int64 = 120
    /// Bytes of an `Idempotency-Key`, which is kept for a week: a UUID has 36, two of them and a name fit.
    public var idempotencyKeyBytes = 255
    /// Verified tokens remembered, so that a token is not verified with each request.
    public var cachedTokens = 10_000
    /// Hand-offs that are remembered; beyond, the oldest that ended are forgotten. Half of them may be
    /// open codes of one tenant.
    public var handoffs = 10_000
    /// Codes of one stream that can be claimed at once: what a person keeps apart.
    public var handoffsPerStream = 5
    /// Names of entities in one hand-off; they go into the token, and so into a header line.
    public var entitiesPerHandoff = 16
    /// Seconds that a code can be claimed, unless the giver says another number.
    public var codeSeconds: Int64 = 300
    /// The most of these: a code is read aloud and typed at once.
    public var longestCodeSeconds: Int64 = 900
    /// Seconds that the token of a hand-off lives, unless the giver says another number.
    public var sharedTokenSeconds: Int64 = 1_800
    /// The most of these: a working day.
    public var longestSharedTokenSeconds: Int64 = 28_800
    /// Codes that one caller may try in vain: some slips, and then ten a minute.
    var guessesPerCaller = GuessBudget.Rate(burst: 10, interval: 6_000)
    /// The same for all callers together. With 1,000 codes that can be claimed, one of them would be
    /// guessed in seven years of trying (2^40 codes, five tries a second).
    var guessesOfAll = GuessBudget.Rate(burst: 200, interval: 200)
    /// Callers whose guesses are counted.
    var guessers = 10_000

    /// The limits as they stand here.
    public init() {}

    /// About how many bytes all that clients can have held together comes to, over a log of so many files; what a
    /// stream's own state takes while it is read comes on top (protocol/operations.md, "Sizing").
    public func mostMemory(logFiles: Int) -> Int {
        let held = bodyBytesAtOnce + answerBytesAtOnce + logFiles * logBytesWaiting
        let states = Self.statesGrowth * cachedStateBytes
        return Self.idleBytes + held + states
            + connections * (Self.connectionBytes + Self.unsentShares * unsentBytes)
    }

    /// What a server takes that nobody has called.
    private static let idleBytes = 64 * 1024 * 1024
    /// How many times its stored size a state takes in memory.
    private static let statesGrowth = 4
    /// What a connection takes that holds no bytes of answers.
    private static let connectionBytes = 24 * 1024
    /// How many times ``unsentBytes`` wait on a connection, in the system and here.
    private static let unsentShares = 3

    /// Bytes of a stored state that are as dear to store as an event is to fold.
    private static let snapshotBytesPerEvent = 128

    /// Events after which a state whose last snapshot has so many bytes is stored anew: enough for
    /// storing to cost no more than folding, so that both grow with the events alone.
    func eventsPerSnapshot(ofBytes bytes: Int) -> UInt64 {
        max(eventsPerSnapshot, UInt64(bytes / Self.snapshotBytesPerEvent))
    }
}
