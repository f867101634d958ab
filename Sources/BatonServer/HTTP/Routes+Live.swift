import BatonCore
import BatonLog
import BatonWire
import HTTPTypes
import Hummingbird
import Logging

extension Routes {
    func addLive(to router: Router<ServerContext>) {
        router.get("/v1/streams/{stream}/live", use: live)
        router.get("/v1/live", use: liveOfSeveral)
    }

    @Sendable private func live(
        _ request: Request, _ context: ServerContext
    ) async throws -> Response {
        let (key, caller) = try caller(request, context)
        let after = request.uri.queryParameters["after"].map(String.init) ?? ""
        try check([after])
        return try await answer(
            live: [key], for: caller, cursors: [request.headers[.lastEventID] ?? after],
            isCombined: false, context.logger)
    }

    @Sendable private func liveOfSeveral(
        _ request: Request, _ context: ServerContext
    ) async throws -> Response {
        let caller = try principal(request, context)
        let names = request.uri.queryParameters.filter { $0.key == "stream" }.map(\.value)
        guard !names.isEmpty, names.count <= service.limits.streamsPerLive else {
            throw Problem(
                .invalidParameter,
                "name 1 to \(service.limits.streamsPerLive) streams: /v1/live?stream=A&stream=B")
        }
        var keys: [StreamKey] = []
        for name in names {
            let key = try service.key(String(name), for: caller)
            if !keys.contains(key) { keys.append(key) }
        }
        context.account.note(keys.first?.stream, of: keys.count)
        let after = try LiveAnswer.cursors(
            ofCombined: request.uri.queryParameters["after"].map(String.init) ?? "")
        try check(after.values)
        let cursors = try request.headers[.lastEventID].map(LiveAnswer.cursors) ?? after
        return try await answer(
            live: keys, for: caller, cursors: keys.map { cursors[$0.stream.description] ?? "" },
            isCombined: true, context.logger)
    }

    /// Whether they could be cursors, also those that others outrank.
    private func check(_ cursors: some Sequence<String>) throws(Problem) {
        for cursor in cursors { _ = try Cursor(cursor, epoch: service.engine.identity.epoch) }
    }

    private func answer(
        live keys: [StreamKey], for caller: Principal, cursors: [String], isCombined: Bool,
        _ logger: Logger
    ) async throws(Problem) -> Response {
        for (key, cursor) in zip(keys, cursors) { try await service.check(cursor, of: key) }
        var share: Share?
        if let name = PrincipalBudget.Payer(caller).name {
            share = try pressure.liveShares.take(for: name)
        }
        guard let place = PlaceTaken(pressure.live) else {
            throw Problem(
                .overloaded,
                "\(pressure.live.limit) live answers are open, the most there may be; "
                    + "poll until one is free")
        }
        let live = LiveAnswer(
            service: service, heartbeats: heartbeats, verifier: verifier,
            answers: pressure.answers, keys: keys, caller: caller, cursors: cursors,
            isCombined: isCombined)
        return Response(
            status: .ok,
            headers: [
                .contentType: "text/event-stream", .cacheControl: "no-store",
            ],
            body: ResponseBody { [share] writer in
                defer {
                    place.free()
                    withExtendedLifetime(share) {}
                }
                do {
                    try await live.write(to: &writer)
                } catch let problem as Problem {
                    note(problem, of: live, logger)
                    throw problem
                }
            })
    }

    /// Counts and tells what ended a live answer whose status was sent long before.
    private func note(_ problem: Problem, of live: LiveAnswer, _ logger: Logger) {
        metrics.count(problem.slug)
        var facts: Logger.Metadata = [
            "route": "GET \(live.isCombined ? "/v1/live" : "/v1/streams/{stream}/live")",
            "tenant": "\(live.caller.tenant)", "role": "\(live.caller.role.rawValue)",
        ]
        facts["stream"] = live.keys.first.map { "\($0.stream)" }
        failures.tell(problem, facts, to: logger)
    }
}
