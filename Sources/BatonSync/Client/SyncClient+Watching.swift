public import BatonCore

extension SyncClient {
    /// How the client stands to the server now.
    public var currentStatus: SyncStatus { board.status }

    /// The status now, and again after each change; of several that were not fetched, the newest.
    /// Ends when the client is closed.
    public var status: AsyncStream<SyncStatus> { board.watch() }

    /// The troubles that this client has met and mended since it was opened, by itself or in a
    /// ``sync()`` of the app's own, oldest first; the newest hundred of them.
    public var healedSoFar: [HealedTrouble] { troubles.met }

    /// The same, and then each as it is met: a state that was not the server's, an installation that
    /// was copied, a clock that is wrong. Worth a line in the app's log. Of more than a hundred that
    /// were not fetched, the oldest are left out. Ends when the client is closed.
    public var healedTroubles: AsyncStream<HealedTrouble> { troubles.watch() }

    /// Entities that may look different, of all streams, from now on.
    ///
    /// Bounded by the number of entities: one that changes again before it was fetched stands in
    /// line once, so nothing is missed and nothing is dropped. Ends when the client is closed.
    public var changes: ChangeSequence { ChangeSequence(local.hub.subscribe()) }

    /// What concurrency decided and overruled, in all streams, until a later write settles it. Values
    /// that the schemas redact for ``SyncOptions/role`` are marks.
    public func conflicts() -> [StreamID: [Conflict]] {
        let schemas = schemas
        var conflicts: [StreamID: [Conflict]] = [:]
        for replica in local.streams {
            let found = replica.view.conflicts(schemas: schemas).map {
                schemas.redacted($0, for: options.role)
            }
            if !found.isEmpty { conflicts[replica.stream] = found }
        }
        return conflicts
    }

    /// The events that were refused for good, oldest first in each stream. They are kept, also when
    /// the app is closed, until ``resubmit(_:)`` or ``discard(_:)``.
    public func refusals() -> [RefusedEvent] {
        local.streams.sorted { $0.stream < $1.stream }.flatMap(\.inbox)
    }

    /// Writes what a refused event was to do as a new event on top of what is there now, and takes
    /// it out of the inbox, both or neither. Does nothing where it is not there any more.
    public func resubmit(_ refused: RefusedEvent) async throws(SyncFailure) {
        let channel = channel
        let wall = options.wallClock()
        try await local.change(refused.stream) { replica, installation in
            guard let refused = replica.removeRefused(refused.dot) else { return }
            try replica.write(
                refused.operations, channel: channel, wall: wall + installation.clockCorrection,
                installation: installation.replica)
        }
        showCounts()
        background.bell.ring()
    }

    /// Takes a refused event out of the inbox, for good.
    public func discard(_ refused: RefusedEvent) async throws(SyncFailure) {
        try await local.change(refused.stream) { replica, _ in
            _ = replica.removeRefused(refused.dot)
        }
        showCounts()
    }
}
