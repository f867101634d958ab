public import BatonCore
public import BatonLog
public import BatonWire
import Synchronization

/// What a server does with streams, whatever carries the calls: push, pull, read, write.
///
/// Every call is of one tenant and one stream and takes its key from a ``Principal`` that has been
/// checked; nothing here spans streams. Cancelling a call that writes does not undo the write.
public final class StreamService: Sendable {
    /// The log below.
    public let engine: any LogEngine
    /// The schemas in force, tenant by tenant.
    public let schemas: TenantSchemas
    /// The limits in force.
    public let limits: ServerLimits
    /// Wall time in milliseconds since 1970.
    let wallClock: @Sendable () -> Int64
    let states: StateCache
    /// Where what compaction took out of the log can be read; `nil` for nowhere.
    let archive: ArchiveShelf?
    /// Who is not let in any more.
    let revoked = RevocationBook()
    private let clock = Mutex(HybridClock())

    /// A service over an engine; `wallClock` gives milliseconds since 1970.
    public convenience init(
        engine: any LogEngine, schemas: TenantSchemas, limits: ServerLimits = ServerLimits(),
        wallClock: @escaping @Sendable () -> Int64
    ) {
        self.init(
            engine: engine, schemas: schemas, limits: limits, archive: nil, wallClock: wallClock)
    }

    /// A service that tells of the past also by what `archive` holds.
    package init(
        engine: any LogEngine, schemas: TenantSchemas, limits: ServerLimits, archive: ArchiveShelf?,
        wallClock: @escaping @Sendable () -> Int64
    ) {
        self.archive = archive
        self.engine = engine
        self.schemas = schemas
        self.limits = limits
        self.wallClock = wallClock
        states = StateCache(engine: engine, schemas: schemas, limits: limits)
    }

    /// The same schemas for all tenants.
    public convenience init(
        engine: any LogEngine, schemas: SchemaSet, limits: ServerLimits = ServerLimits(),
        wallClock: @escaping @Sendable () -> Int64
    ) {
        self.init(
            engine: engine, schemas: TenantSchemas(schemas), limits: limits, wallClock: wallClock)
    }

    /// The schemas by which a stream is merged: those of its tenant.
    func schemas(of key: StreamKey) -> SchemaSet { schemas[key.tenant].set }

    /// The key of a stream that the caller may touch. A stream outside the token's scope is
    /// forbidden whether it exists or not.
    package func key(_ stream: String, for principal: Principal) throws(Problem) -> StreamKey {
        let id: StreamID
        do {
            id = try StreamID(stream)
        } catch {
            throw Problem(.invalidName, "\"\(stream.prefix(150))\" is \(error)")
        }
        guard principal.streams.covers(id) else {
            throw Problem(.forbidden, "the token does not cover this stream")
        }
        return StreamKey(tenant: principal.tenant, stream: id)
    }

    /// A reading of the server's own hybrid clock.
    func readClock() -> Timestamp {
        let wall = wallClock()
        return clock.withLock { $0.read(wall: wall) }
    }

    /// Takes in the timestamps of accepted events, so that what the server writes comes after.
    func observe(_ timestamp: Timestamp) {
        let wall = wallClock()
        _ = clock.withLock { $0.observe(timestamp, wall: wall, drift: limits.clockDrift) }
    }

    /// Fails unless the stream has events.
    func requireStream(_ key: StreamKey) async throws(Problem) -> LogHead {
        let head = try await StateCache.asking { () async throws(LogFailure) in
            try await engine.head(of: key)
        }
        guard head.offset != .start else {
            throw Problem(
                .streamNotFound,
                "there is no stream \(key.stream); a stream begins with the first event pushed to it"
            )
        }
        return head
    }
}
