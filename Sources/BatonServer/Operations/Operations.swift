import BatonCore
import BatonLog
import Hummingbird
import Synchronization

/// Health, readiness and metrics: nothing about any tenant, but to its operators.
final class Operations: Sendable {
    private struct State {
        var phase = Readiness.Phase.starting
        var unusable: Set<WatchedFile> = []
    }

    private let engine: any LogEngine
    private let options: BatonService.Options
    private let routes: Routes
    private let started: Int64
    private let state = Mutex(State())

    init(engine: any LogEngine, options: BatonService.Options, routes: Routes) {
        self.engine = engine
        self.options = options
        self.routes = routes
        started = routes.service.wallClock() / 1_000
    }

    /// Notes what the server is about from now on.
    func enter(_ phase: Readiness.Phase) { state.withLock { $0.phase = phase } }

    /// Notes whether a file could be read again when it had changed.
    func note(_ file: WatchedFile, isUsable: Bool) {
        state.withLock { state in
            if isUsable { state.unusable.remove(file) } else { state.unusable.insert(file) }
        }
    }

    func add(to router: Router<ServerContext>) {
        let bodies = routes.bodies
        router.get("/healthz") { request, _ in
            await bodies.response(
                Array(#"{"status":"ok"}"#.utf8), type: "application/json", to: request)
        }
        router.get("/readyz") { [self] request, _ in
            if let problem = await problem() { throw problem }
            return await bodies.response(
                Array(#"{"status":"ready"}"#.utf8), type: "application/json", to: request)
        }
        router.get("/metrics") { [self] request, context in
            let tenant = try tenant(request, context)
            let text =
                if let tenant { routes.metrics.tenants.text(of: tenant) } else { await text() }
            return await bodies.response(
                Array(text.utf8), type: "text/plain; version=0.0.4; charset=utf-8", to: request)
        }
    }

    /// Whose operator asks; `nil` where nobody says so. The token's streams do not matter: who only counts needs
    /// none.
    private func tenant(_ request: Request, _ context: ServerContext) throws(Problem) -> TenantID? {
        guard request.headers[.authorization] != nil else { return nil }
        let caller = try routes.principal(request, context)
        return caller.role == .operator && caller.entities == .all ? caller.tenant : nil
    }

    /// Why no requests are taken; `nil` where they are.
    private func problem() async -> Problem? {
        let probe = try? StreamKey(tenant: TenantID("ready"), stream: StreamID("probe"))
        var head: LogHead?
        if let probe { head = try? await engine.head(of: probe) }
        return Readiness(
            phase: state.withLock { $0.phase }, isReadable: head != nil,
            trouble: engine.record.trouble, disk: disk
        ).problem(at: .now)
    }

    private var disk: DiskSpace? { options.data.flatMap { DiskSpace(of: $0) } }

    private func text() async -> String {
        let isReady = await problem() == nil
        return routes.metrics.text + options.limits.text + routes.pressure.text + engine.load.text
            + engine.record.text
            + routes.service.states.metrics + routes.verifier.text + routes.handoffs.text
            + (options.certificate?.text ?? "") + ownText(isReady: isReady)
    }

    /// What concerns the process and what it stands on.
    private func ownText(isReady: Bool) -> String {
        let unusable = state.withLock { $0.unusable }
        var gauges = [
            Gauge("ready", "1 while requests are taken, as /readyz says.", isReady ? 1 : 0),
            Gauge(
                "started_seconds", "When the server started, in seconds since 1970.", Int(started)),
            Gauge(
                "damaged_tails", "Streams whose last entries were found damaged at the start.",
                options.damagedTails),
        ]
        if let disk {
            gauges += [
                Gauge("disk_free_bytes", "Bytes that are free where the log lies.", disk.free),
                Gauge("disk_bytes", "Bytes of the disk that the log lies on.", disk.total),
            ]
        }
        if let bytes = ProcessFacts.residentBytes {
            gauges.append(Gauge("resident_bytes", "Memory of the process.", bytes))
        }
        if let files = ProcessFacts.openFiles {
            gauges.append(
                Gauge(
                    "open_files", "Files and sockets that are open.", files,
                    limit: ProcessFacts.openFilesLimit))
        }
        var lines = [
            "# HELP baton_reload_failed 1 while a file is other than what is in force, for it cannot be used.",
            "# TYPE baton_reload_failed gauge",
        ]
        for file in WatchedFile.allCases {
            lines.append(
                "baton_reload_failed{file=\"\(file.rawValue)\"} \(unusable.contains(file) ? 1 : 0)")
        }
        if let data = options.data {
            lines += [
                "# HELP baton_last_care_seconds When it was last done to the log, since 1970; 0 for never.",
                "# TYPE baton_last_care_seconds gauge",
            ]
            for act in CareNotes.allCases {
                lines.append(
                    "baton_last_care_seconds{act=\"\(act.rawValue)\"} \(act.last(in: data) ?? 0)")
            }
        }
        return gauges.map(\.text).joined() + lines.joined(separator: "\n") + "\n"
    }
}

/// A file that a running server reads again when it has changed.
public enum WatchedFile: String, CaseIterable, Sendable {
    /// The keys that tokens are signed with.
    case keys
    /// The certificate and its key.
    case certificate
    /// Who is not let in any more.
    case revocations
}

extension LogRecord {
    /// What the writers' commits can fail with.
    private static let failureCodes: [LogFailure.Code] = [
        .corrupt, .full, .inputOutput, .overloaded,
    ]

    /// What became of commits, as Prometheus text.
    var text: String {
        var lines = [
            "# HELP baton_log_commit_seconds Time that a commit, of all writes that waited, took to be durable.",
            "# TYPE baton_log_commit_seconds histogram",
        ]
        var total = 0
        for (bound, count) in zip(Self.bounds, commits) {
            total += count
            lines.append("baton_log_commit_seconds_bucket{le=\"\(bound)\"} \(total)")
        }
        total += commits.last ?? 0
        lines += [
            "baton_log_commit_seconds_bucket{le=\"+Inf\"} \(total)",
            "baton_log_commit_seconds_sum \(seconds)", "baton_log_commit_seconds_count \(total)",
            "# HELP baton_log_failures_total Commits that failed; nothing of them was acknowledged.",
            "# TYPE baton_log_failures_total counter",
        ]
        for code in Self.failureCodes {
            lines.append(
                "baton_log_failures_total{code=\"\(code.rawValue)\"} \(failures[code] ?? 0)")
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
