extension Pressure {
    /// Each limit with how much of it is taken, as Prometheus text.
    var text: String {
        var lines: [String] = []
        func gauge(_ name: String, _ help: String, _ now: Int, limit: Int) {
            lines += [
                "# HELP baton_\(name) \(help)", "# TYPE baton_\(name) gauge",
                "baton_\(name) \(now)", "# TYPE baton_\(name)_limit gauge",
                "baton_\(name)_limit \(limit)",
            ]
        }
        gauge(
            "connections", "Connections that are served.", connections.count,
            limit: connections.limit)
        gauge(
            "requests_at_once", "Requests that are worked on or wait.", requests.count,
            limit: requests.limit)
        let turns = readers.counts
        gauge(
            "readers", "Requests that read the log now; more wait.", turns.working,
            limit: readers.limit)
        gauge(
            "readers_waiting", "Requests that wait for their turn to read.", turns.waiting,
            limit: requests.limit)
        gauge(
            "request_bytes", "Bytes of request bodies that are held.", bodies.held,
            limit: bodies.limit)
        gauge(
            "answer_bytes", "Bytes of answers that wait for their clients.", answers.held,
            limit: answers.limit)
        gauge("live_subscribers", "Live answers that are open.", live.count, limit: live.limit)
        lines += [
            "# HELP baton_stalled_total Connections closed because their clients read no further.",
            "# TYPE baton_stalled_total counter", "baton_stalled_total \(stalls.closed)",
        ]
        return lines.joined(separator: "\n") + "\n"
    }
}
