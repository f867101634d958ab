public import BatonCore

/// A durable log of many streams: append, read, snapshot, compact (specification section 7).
///
/// The contract assumes no single process: several servers may append to one engine at once, so
/// offsets are given under the engine's own per-stream lock, and nothing above an engine may trust
/// what it remembers of a stream without asking. No call spans streams. Every engine passes the one
/// contract suite in the tests.
///
/// Cancellation: an append that was handed in is carried out whether or not its caller still waits;
/// cancelling any other call has no effect on the log.
public protocol LogEngine: Sendable {
    /// What tells this log from every other, and the replica id under which its server writes.
    var identity: LogIdentity { get }

    /// What waits to be written by this engine at this moment.
    var load: LogLoad { get }

    /// What became of this engine's commits.
    var record: LogRecord { get }

    /// Appends one replica's run of entries to a stream, all in one transaction, and returns once
    /// they are durable (L5). The verdicts stand in the order of the entries.
    ///
    /// Known dots with the same content answer as the first time, known dots with other content as
    /// `replica-cloned`, a missing earlier counter as `gap`, a context beyond the log as
    /// `unknown-context`; the entries after such a refusal are `not-reached`. Entries before it
    /// are appended, unless there is an idempotency key: a request under a key is stored whole or
    /// not at all, and its other new entries are `not-reached` too. New entries of a stream that
    /// forwards are `stream-moved`, unless the request ends the forwarding.
    ///
    /// - Throws: ``LogFailure/Code/idempotencyKeyReused``, ``LogFailure/Code/overloaded``,
    ///   ``LogFailure/Code/full``, or another failure of the disk; then nothing of the request is
    ///   acknowledged, and it may be sent again as it is.
    func append(_ request: AppendRequest, to stream: StreamKey) async throws(LogFailure)
        -> AppendResult

    /// The entries after `offset`, whole and in order, at most `limit.events` and about
    /// `limit.bytes` (one entry always fits). An unknown stream reads as an empty one.
    func read(_ stream: StreamKey, after offset: Offset, limit: ReadLimit) async throws(LogFailure)
        -> LogSlice

    /// Where the stream's log begins and ends, and the hash of its chain.
    func head(of stream: StreamKey) async throws(LogFailure) -> LogHead

    /// What the log up to `offset` covers; `nil` below the horizon. The whole log where `offset`
    /// is at or beyond its head.
    func vector(of stream: StreamKey, at offset: Offset) async throws(LogFailure) -> VersionVector?

    /// The chunks that hold what comes after `offset`, in order and without their bodies, at most
    /// `limit`. Below the horizon, those after it. O(chunks returned).
    func headers(of stream: StreamKey, after offset: Offset, limit: Int)
        async throws(LogFailure) -> [ChunkHeader]

    /// A stored snapshot: the one of that kind, or for ``SnapshotKind/latest`` the latest of all.
    func snapshot(of stream: StreamKey, _ kind: SnapshotKind) async throws(LogFailure)
        -> StoredSnapshot?

    /// Stores a snapshot, unless one of the same or a later offset is there already as that kind.
    /// One of ``Offset/start`` says nothing and is not kept; one beyond the head belongs to another
    /// log and fails as ``LogFailure/Code/corrupt``.
    func store(_ snapshot: StoredSnapshot, as kind: SnapshotKind, for stream: StreamKey)
        async throws(LogFailure)

    /// Drops entries up to `offset` at the latest, whole chunks only, and moves the horizon to the
    /// last one dropped. Refused (``LogFailure/Code/snapshotMissing``) where the base does not cover
    /// `offset`, unless the horizon has passed it already. Returns the horizon.
    ///
    /// A long run goes in several transactions: one that is killed leaves a log that is compacted
    /// less far, and the next call goes on from there. Of the dropped entries of each replica, the
    /// last ``ProtocolLimits/eventsPerPush`` stay known by a fingerprint, for these are all that it
    /// may send again (L3).
    func compact(_ stream: StreamKey, through offset: Offset) async throws(LogFailure) -> Offset

    /// Puts entries of an archive where they belong: a run that ends at the horizon goes below it
    /// and moves it down, one that begins behind the head goes there with its own offsets, and what
    /// the log holds already is compared and left as it is. So the same run may be put back twice.
    ///
    /// `chain` is the hash of the entry before the run, and `movedTo` what the stream forwards to
    /// where the run ends at a new head. Returns where the log begins and ends then.
    ///
    /// - Throws: ``LogFailure/Code/corrupt`` where the run and the log do not fit each other:
    ///   offsets, counters, contents or hash chain; then nothing has changed.
    func putBack(
        _ chunks: [ArchivedChunk], after chain: [UInt8], movedTo: StreamID?, to stream: StreamKey
    ) async throws(LogFailure) -> LogHead

    /// Where the stream's log begins and what is known of all before, as of one moment. Of a stream
    /// that nobody has written to, the start. O(replicas, refused events, the base's bytes).
    func beginning(of stream: StreamKey) async throws(LogFailure) -> StreamBeginning

    /// Makes a stream that the log does not know: one without entries, all of which up to `beginning`
    /// were dropped. Its base has to stand at its horizon. What lies before and behind is put back
    /// afterwards. Nothing is changed where the stream begins there already.
    ///
    /// - Throws: ``LogFailure/Code/corrupt`` where the log knows the stream as another one.
    func begin(_ stream: StreamKey, at beginning: StreamBeginning) async throws(LogFailure)

    /// The tenants in ascending order, after `name`, at most `limit`.
    func tenants(after name: TenantID?, limit: Int) async throws(LogFailure) -> [TenantID]

    /// The streams of a tenant in ascending order, after `name`, at most `limit`.
    func streams(of tenant: TenantID, after name: StreamID?, limit: Int) async throws(LogFailure)
        -> [StreamSummary]

    /// Calls `tell` after each append to one of `streams`, by whatever server it came, and when the
    /// engine is closed; at once where it is. It is called where the append is carried out, by any
    /// thread, and must return at once.
    func watch(
        _ streams: Set<StreamKey>, _ tell: @escaping @Sendable (AppendNews) -> Void
    ) -> AppendWatch

    /// Finishes what was handed in, then closes. Later calls fail with ``LogFailure/Code/closed``.
    func close() async
}

extension LogEngine {
    /// The latest stored snapshot of any kind.
    public func snapshot(of stream: StreamKey) async throws(LogFailure) -> StoredSnapshot? {
        try await snapshot(of: stream, .latest)
    }

    /// Stores the latest snapshot, unless one of the same or a later offset is there already.
    public func store(_ snapshot: StoredSnapshot, for stream: StreamKey)
        async throws(LogFailure)
    {
        try await store(snapshot, as: .latest, for: stream)
    }
}

/// A stream of one tenant: the key of everything that an engine keeps.
public struct StreamKey: Hashable, Sendable {
    /// Whose stream it is.
    public let tenant: TenantID
    /// Which of the tenant's streams.
    public let stream: StreamID

    /// Joins tenant and stream.
    public init(tenant: TenantID, stream: StreamID) {
        self.tenant = tenant
        self.stream = stream
    }
}

/// One replica's run of entries to append.
public struct AppendRequest: Sendable {
    /// One entry's place in ``AppendRequest/body`` and what the engine needs to know of it.
    public struct Entry: Sendable {
        /// Bytes of its frame in the body.
        public let length: Int
        /// Its context (L4): it had seen the log up to here …
        public let seen: Offset
        /// … and these prefixes.
        public let beyond: VersionVector
        /// Set where the event was refused for good: its frame holds the void record.
        public let void: VoidRecord?
        /// Whether who brings it may not know what the log holds: where its dot is known, it is not compared,
        /// or one could guess at the content.
        public let isBlind: Bool

        /// Joins the parts.
        public init(
            length: Int, seen: Offset, beyond: VersionVector = VersionVector(),
            void: VoidRecord? = nil, isBlind: Bool = false
        ) {
            self.length = length
            self.seen = seen
            self.beyond = beyond
            self.void = void
            self.isBlind = isBlind
        }
    }

    /// The replica that wrote the entries.
    public let replica: ReplicaID
    /// The counter of the first entry; `nil` gives the replica's next one, for the server's own
    /// replica, which has no other place to count.
    public let firstCounter: Counter?
    /// The entries' frames (``EventFrames``), one after another, as they came.
    public let body: [UInt8]
    /// The entries, in order; the body is their frames and nothing else.
    public let entries: [Entry]
    /// Where the entries' frames lie in the body.
    let frames: [EventFrames.Frame]
    /// When they came: milliseconds since 1970.
    public let receivedAt: Int64
    /// Set for a thin client's write that may be sent again.
    public let idempotency: IdempotencyKey?
    /// Set for the server's own entry that closes the stream to others, or opens it again.
    public let forwarding: StreamForwarding?

    /// Joins the parts.
    public init(
        replica: ReplicaID, firstCounter: Counter?, body: [UInt8], entries: [Entry],
        receivedAt: Int64, idempotency: IdempotencyKey? = nil, forwarding: StreamForwarding? = nil
    ) {
        let frames = EventFrames.scan(body) ?? []
        precondition(
            frames.map(\.range.count) == entries.map(\.length),
            "append of \(replica): frames of \(entries.map(\.length)) in \(body.count) bytes")
        self.frames = frames
        self.replica = replica
        self.firstCounter = firstCounter
        self.body = body
        self.entries = entries
        self.receivedAt = receivedAt
        self.idempotency = idempotency
        self.forwarding = forwarding
    }
}

/// Whether a stream still takes events, or forwards its writers to the stream that adopted it.
public enum StreamForwarding: Hashable, Sendable {
    /// From this entry on new events are refused as `stream-moved`, with this stream's name.
    case to(StreamID)
    /// From this entry on the stream takes events again.
    case ended
}

/// The record of an event that was refused for good (L7).
public struct VoidRecord: Hashable, Sendable {
    /// Why.
    public let refusal: Refusal
    /// SHA-256 of the refused event's frame content, to know a retry again.
    public let digest: [UInt8]

    /// Joins the parts.
    public init(refusal: Refusal, digest: [UInt8]) {
        self.refusal = refusal
        self.digest = digest
    }
}

/// A thin client's name for one write, so that sending it again changes nothing.
public struct IdempotencyKey: Hashable, Sendable {
    /// The client's key, 1 to 255 bytes; unique within the stream.
    public let key: String
    /// SHA-256 of the request: the same key with another request is a mistake of the client.
    public let digest: [UInt8]

    /// Joins the parts.
    public init(key: String, digest: [UInt8]) {
        self.key = key
        self.digest = digest
    }
}

/// What became of an append.
public struct AppendResult: Hashable, Sendable {
    /// One verdict for each entry, in order.
    public let verdicts: [Verdict]
    /// The counter of the first entry, given or taken.
    public let firstCounter: Counter
    /// The log's last offset afterwards.
    public let head: Offset

    /// Joins the parts.
    public init(verdicts: [Verdict], firstCounter: Counter, head: Offset) {
        self.verdicts = verdicts
        self.firstCounter = firstCounter
        self.head = head
    }
}

/// How much one read may return.
public struct ReadLimit: Hashable, Sendable {
    /// At most so many entries.
    public let events: Int
    /// About so many bytes: the entry that passes the mark is the last.
    public let bytes: Int

    /// Joins the limits; both at least 1.
    public init(events: Int, bytes: Int) {
        precondition(events > 0 && bytes > 0, "a read of \(events) events, \(bytes) bytes")
        self.events = events
        self.bytes = bytes
    }
}

/// A run of one replica's entries as it lies in the log.
public struct Chunk: Hashable, Sendable {
    /// The replica that wrote the entries.
    public let replica: ReplicaID
    /// The counter of the first entry.
    public let counter: Counter
    /// The offset of the first entry.
    public let offset: Offset
    /// How many entries there are.
    public let count: Int
    /// The entries' frames, one after another.
    public let body: [UInt8]
    /// When they came: milliseconds since 1970.
    public let receivedAt: Int64

    /// Joins the parts.
    public init(
        replica: ReplicaID, counter: Counter, offset: Offset, count: Int, body: [UInt8],
        receivedAt: Int64
    ) {
        self.replica = replica
        self.counter = counter
        self.offset = offset
        self.count = count
        self.body = body
        self.receivedAt = receivedAt
    }

    /// The offset of the last entry.
    public var lastOffset: Offset { Offset(rawValue: offset.rawValue + UInt64(count) - 1) }
}

/// What a chunk is, without its entries.
public struct ChunkHeader: Hashable, Sendable {
    /// The replica that wrote the entries.
    public let replica: ReplicaID
    /// The counter of the first entry.
    public let counter: Counter
    /// The offset of the first entry.
    public let offset: Offset
    /// How many entries there are.
    public let count: Int
    /// Bytes of their frames.
    public let bytes: Int
    /// When they came: milliseconds since 1970.
    public let receivedAt: Int64
    /// The hash of the last entry (L6), 32 bytes.
    public let chain: [UInt8]

    /// Joins the parts.
    public init(
        replica: ReplicaID, counter: Counter, offset: Offset, count: Int, bytes: Int,
        receivedAt: Int64, chain: [UInt8]
    ) {
        self.replica = replica
        self.counter = counter
        self.offset = offset
        self.count = count
        self.bytes = bytes
        self.receivedAt = receivedAt
        self.chain = chain
    }

    /// The offset of the last entry.
    public var lastOffset: Offset { Offset(rawValue: offset.rawValue + UInt64(count) - 1) }
    /// The counter of the last entry.
    public var lastCounter: Counter { Counter(rawValue: counter.rawValue + UInt64(count) - 1) }
}

/// What a read returned.
public struct LogSlice: Hashable, Sendable {
    /// The entries after the asked offset, in order; empty where that is below the horizon.
    public let chunks: [Chunk]
    /// The log's last offset.
    public let head: Offset
    /// Entries up to here are dropped: a reader that stands below it needs a snapshot.
    public let horizon: Offset

    /// Joins the parts.
    public init(chunks: [Chunk], head: Offset, horizon: Offset) {
        self.chunks = chunks
        self.head = head
        self.horizon = horizon
    }
}

/// Where a stream's log begins and ends.
public struct LogHead: Hashable, Sendable {
    /// The last offset; ``Offset/start`` for an unknown stream.
    public let offset: Offset
    /// Entries up to here are dropped.
    public let horizon: Offset
    /// The hash of the last entry, which covers all before it (L6); 32 zero bytes at the start.
    public let chain: [UInt8]
    /// The stream that this one was adopted into, if it was.
    public let movedTo: StreamID?

    /// Joins the parts.
    public init(offset: Offset, horizon: Offset, chain: [UInt8], movedTo: StreamID? = nil) {
        self.offset = offset
        self.horizon = horizon
        self.chain = chain
        self.movedTo = movedTo
    }
}

/// What a stored snapshot is for.
public enum SnapshotKind: Int, Hashable, Sendable, CaseIterable {
    /// Spares readers the fold of what it covers; replaced as the log grows.
    case latest
    /// The state where the log begins once compaction has dropped what comes before: from it and the
    /// entries after it, every later state can be folded. Replaced only by a later one.
    case base
}

extension LogHead {
    /// Of a stream that nobody has written to.
    public static let empty = LogHead(
        offset: .start, horizon: .start, chain: LogChain.start)
}

/// A merged state as an engine keeps it; the engine does not look inside.
public struct StoredSnapshot: Hashable, Sendable {
    /// All of the log up to here is in it.
    public let offset: Offset
    /// The encoded state.
    public let body: [UInt8]
    /// The state hash, 32 bytes.
    public let stateHash: [UInt8]

    /// Joins the parts.
    public init(offset: Offset, body: [UInt8], stateHash: [UInt8]) {
        self.offset = offset
        self.body = body
        self.stateHash = stateHash
    }
}

/// One line of a list of streams.
public struct StreamSummary: Hashable, Sendable {
    /// The stream.
    public let stream: StreamID
    /// Its last offset.
    public let head: Offset
    /// Its horizon.
    public let horizon: Offset
    /// How many replicas have written to it.
    public let replicas: Int
    /// When the last entry came: milliseconds since 1970.
    public let updatedAt: Int64

    /// Joins the parts.
    public init(
        stream: StreamID, head: Offset, horizon: Offset, replicas: Int, updatedAt: Int64
    ) {
        self.stream = stream
        self.head = head
        self.horizon = horizon
        self.replicas = replicas
        self.updatedAt = updatedAt
    }
}
