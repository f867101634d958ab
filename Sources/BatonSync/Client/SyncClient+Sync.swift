public import BatonCore
import Synchronization

extension SyncClient {
    /// Sends what is pending and takes in what is new, of all streams, until nothing is left. One
    /// round trip where nothing is.
    ///
    /// Calls that come while a sync is under way share the next one. Every stream is tried, also when
    /// another one fails; then the first failure is thrown. Nothing is ever lost by a failure: what
    /// was exchanged is stored, what was not stays pending, and what was mended is told by
    /// ``healedTroubles``.
    ///
    /// Cancellation: the sync, which others may share, goes on; ``close()`` ends it.
    ///
    /// - Throws: `offline`, `overloaded`, `unauthenticated`, `forbidden`, `no-server` and others.
    @discardableResult
    public func sync() async throws(SyncFailure) -> SyncReport {
        try await gate.run(nil) { [self] streams async throws(SyncFailure) in
            try await exchange(streams)
        }
    }

    /// The same for one stream.
    @discardableResult
    public func sync(_ stream: StreamID) async throws(SyncFailure) -> SyncReport {
        local.open(stream)
        return try await gate.run([stream]) { [self] streams async throws(SyncFailure) in
            try await exchange(streams)
        }
    }

    private func exchange(_ wanted: Set<StreamID>?) async throws(SyncFailure) -> SyncReport {
        _ = try serverLink()
        board.change { $0.phase = .syncing }
        let streams = wanted?.sorted() ?? self.streams
        var report = SyncReport()
        var failures: [SyncFailure] = []
        do throws(SyncFailure) {
            for group in groups(of: streams) {
                let count = group.streams.count
                for start in stride(from: 0, to: count, by: SyncLimits.streamsPerCall) {
                    let end = min(start + SyncLimits.streamsPerCall, count)
                    var exchange = StreamExchange(
                        client: self, link: group.link, streams: Array(group.streams[start..<end]))
                    defer {
                        report.add(exchange.plan.report)
                        failures += exchange.plan.failures
                    }
                    try await exchange.run()
                }
            }
        } catch {
            failures.insert(error, at: 0)
        }
        // First, and whatever else failed: a trouble that was mended is never silent.
        troubles.add(report.healed)
        board.change { $0.healed += report.healed.count }
        show(failures.first)
        if let failure = failures.first { throw failure }
        return report
    }

    private func show(_ failure: SyncFailure?) {
        let now = options.wallClock()
        showCounts()
        board.change { status in
            status.lastFailure = failure
            switch failure?.code {
            case nil:
                status.phase = .upToDate(at: now)
                lastContact.withLock { $0 = now }
            case .offline?:
                status.phase = .offline(since: lastContact.withLock { $0 } ?? now)
                lastContact.withLock { $0 = $0 ?? now }
            default: status.phase = .failed(at: now)
            }
        }
    }

    /// Brings the status's numbers up to date.
    func showCounts() {
        let streams = local.streams
        let pending = streams.reduce(0) { $0 + $1.waitingCount }
        let behind = streams.reduce(0) { $0 + $1.behind }
        let refused = streams.reduce(0) { $0 + $1.inbox.count }
        board.change { status in
            status.pending = pending
            status.behind = behind
            status.refused = refused
        }
    }
}
