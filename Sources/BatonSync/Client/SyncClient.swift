public import BatonCore
import Synchronization

/// One installation of an app: its streams, kept on this device, and their exchange with a server.
///
/// Everything that is written is on disk before the call returns, whether or not there is a network,
/// and shown at once. What is pending is sent by ``sync()``, or by the background loop that
/// ``start()`` begins. A client lives until ``close()``; it may be used from any task.
public final class SyncClient: Sendable {
    let local: LocalState
    let link: ServerLink?
    let channel: ChannelName
    let options: SyncOptions
    let gate = SyncGate()
    let background = BackgroundLoop()
    let board = StatusBoard()
    let troubles = TroubleBoard()
    /// When the server was last reached, or else first missed: milliseconds since 1970.
    let lastContact = Mutex<Int64?>(nil)

    private init(
        local: LocalState, link: ServerLink?, channel: ChannelName, options: SyncOptions
    ) {
        self.local = local
        self.link = link
        self.channel = channel
        self.options = options
    }

    /// Opens the store and makes a client of it. Returns when all that it holds can be read; no
    /// network is needed. Costs what the live state costs, not what its history cost.
    ///
    /// - Parameters:
    ///   - store: Where the client keeps its streams. One client at a time may have it open.
    ///   - server: The server's address, `https://HOST`; `nil` for a client that never syncs.
    ///   - channel: Where this installation stands: `app`, `web`, `store` …
    ///   - token: Where the bearer token of each request comes from.
    ///   - options: Schemas, intervals, and seams for tests.
    /// - Throws: `store-in-use`, `store-newer`, `store-failed`, `invalid-name`, `invalid-options`.
    public static func open(
        store: StoreLocation, server: String?, channel: String, token: TokenSource = .none,
        options: SyncOptions = SyncOptions()
    ) async throws(SyncFailure) -> SyncClient {
        let place: ChannelName
        do {
            place = try ChannelName(channel)
        } catch {
            throw error.failure
        }
        var link: ServerLink?
        if let transport = options.transport {
            link = ServerLink(transport: transport, token: token, timeout: options.timeout)
        } else if let server {
            link = ServerLink(
                transport: try HTTPTransport(server: server), token: token,
                timeout: options.timeout)
        }
        let file = try await LocalStore.open(store, newID: options.drawReplica())
        let stored = try await StoredClient.load(from: file, schemas: options.schemas)
        let client = SyncClient(
            local: LocalState(store: file, stored: stored), link: link, channel: place,
            options: options)
        client.showCounts()
        return client
    }

    /// The id under which this client writes now.
    public var replica: ReplicaID { local.installation.replica }

    /// The schemas in force: those of ``SyncOptions/schemas``, and what the server has of a later
    /// version, or beside these, since it was last synced with.
    public var schemas: SchemaSet { local.schemas.set }

    /// The streams that were opened or hold something, in the order of their names.
    public var streams: [StreamID] { local.streams.map(\.stream).sorted() }

    /// A customer's stream, to read and to write. Opening one costs nothing and reaches no network;
    /// from now on it is among those that are synced.
    public func stream(_ name: String) throws(SyncFailure) -> CustomerStream {
        do {
            return stream(try StreamID(name))
        } catch {
            throw error.failure
        }
    }

    /// A customer's stream, to read and to write.
    public func stream(_ id: StreamID) -> CustomerStream {
        if local.open(id) { background.streamOpened() }
        return CustomerStream(client: self, id: id)
    }

    /// Cuts a sync under way short, ends the background loop, waits for writes that were handed in, and closes the store. What is
    /// pending stays in the store and is sent when it is opened again. A second call does nothing.
    ///
    /// Cancellation has no effect.
    public func close() async throws(SyncFailure) {
        // First, for the loop waits for the sync under way, and that may wait for a silent server.
        await gate.close()
        await stop()
        try await local.close()
        board.close()
        troubles.close()
    }

    /// The wall clock with the correction that the server made necessary.
    var wall: Int64 { options.wallClock() + local.installation.clockCorrection }
}

/// Opens a client, hands it to `body`, and closes it when `body` is done, however it ends.
///
/// Cancellation: `body` sees it as usual; what was written before stays written.
public func withSyncClient<Result>(
    store: StoreLocation, server: String?, channel: String, token: TokenSource = .none,
    options: SyncOptions = SyncOptions(), _ body: (SyncClient) async throws -> Result
) async throws -> Result {
    let client = try await SyncClient.open(
        store: store, server: server, channel: channel, token: token, options: options)
    do {
        let result = try await body(client)
        try await client.close()
        return result
    } catch {
        try? await client.close()
        throw error
    }
}

extension SyncOptions {
    func drawReplica() -> ReplicaID {
        // All zero is no replica id; a source that yields it twice in a row is broken anyway.
        ReplicaID(high: random(), low: random() | 1)
    }
}
