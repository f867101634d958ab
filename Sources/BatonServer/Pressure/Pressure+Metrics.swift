import BatonLog

extension Pressure {
    /// Each limit with how much of it is taken, as Prometheus text.
    var text: String {
        let turns = readers.counts
        let gauges = [
            Gauge(
                "connections", "Connections that are served.", connections.count,
                limit: connections.limit),
            Gauge(
                "open_connections", "Connections that are open, also the silent ones.",
                connections.open, limit: connections.most),
            Gauge(
                "streams", "Streams of HTTP/2 that are open, of all connections.",
                rule.streams.count, limit: rule.streams.limit),
            Gauge(
                "requests_at_once", "Requests that are worked on or wait.", requests.count,
                limit: requests.limit),
            Gauge(
                "readers", "Requests that read the log now; more wait.", turns.working,
                limit: readers.limit),
            Gauge(
                "readers_waiting", "Requests that wait for their turn to read.", turns.waiting,
                limit: requests.limit),
            Gauge(
                "request_bytes", "Bytes of request bodies that are held.", bodies.held,
                limit: bodies.limit),
            Gauge(
                "answer_bytes", "Bytes of answers that wait for their clients.", answers.held,
                limit: answers.limit),
            Gauge("live_subscribers", "Live answers that are open.", live.count, limit: live.limit),
            Gauge(
                "live_of_one_caller", "Live answers of the caller that has most.", liveShares.most,
                limit: liveShares.limit),
            Gauge(
                "requests_of_one_caller", "Requests of the caller that has most at once.",
                requestShares.most, limit: requestShares.limit),
            Gauge(
                "request_bytes_of_one_caller", "Bytes of bodies of the caller that has most.",
                bodyShares.most, limit: bodyShares.limit),
            Gauge(
                "claims_at_once", "Claims of codes without a token that are worked on.",
                claims.count, limit: claims.limit),
            Gauge(
                "claims_of_one_address", "Claims of codes of the address that has most.",
                claimShares.most,
                limit: claimShares.limit),
            Gauge(
                "callers", "Callers whose requests and bytes are counted.", callers.count,
                limit: callers.most),
            Gauge(
                "tenants_counted", "Tenants that are counted one by one.", tenants.count,
                limit: tenants.most),
        ]
        let lines = [
            "# HELP baton_stalled_total Connections closed because their clients read no further.",
            "# TYPE baton_stalled_total counter", "baton_stalled_total \(rule.stalled)",
            "# HELP baton_slow_bodies_total Connections closed because a body did not arrive in time.",
            "# TYPE baton_slow_bodies_total counter",
            "baton_slow_bodies_total \(slowBodies.closed + slowClaims.closed)",
            "# HELP baton_slow_heads_total Connections closed in a handshake or a head that took too long.",
            "# TYPE baton_slow_heads_total counter", "baton_slow_heads_total \(rule.closed)",
        ]
        return gauges.map(\.text).joined() + lines.joined(separator: "\n") + "\n"
    }
}

extension LogLoad {
    /// The queues in front of the log's writers, as Prometheus text.
    var text: String {
        [
            Gauge(
                "log_writes_waiting", "Writes that wait for a writer of the log.", waiting,
                limit: waitingLimit),
            Gauge(
                "log_bytes_waiting", "Bytes of writes that wait for a writer.", waitingBytes,
                limit: waitingBytesLimit),
            Gauge(
                "log_commits", "Commits that are under way, at most one a writer.", commits,
                limit: writers),
            Gauge("log_writes_committing", "Writes in the commits under way.", committing),
        ].map(\.text).joined()
    }
}

/// A number that goes up and down, with the limit that it is held against.
struct Gauge {
    let name: String
    let help: String
    let now: Int
    let limit: Int?

    init(_ name: String, _ help: String, _ now: Int, limit: Int? = nil) {
        self.name = name
        self.help = help
        self.now = now
        self.limit = limit
    }

    var text: String {
        var lines = [
            "# HELP baton_\(name) \(help)", "# TYPE baton_\(name) gauge", "baton_\(name) \(now)",
        ]
        if let limit {
            lines += ["# TYPE baton_\(name)_limit gauge", "baton_\(name)_limit \(limit)"]
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
