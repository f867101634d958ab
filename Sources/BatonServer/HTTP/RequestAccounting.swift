import BatonCore
import HTTPTypes
import Hummingbird
import Logging

/// The outermost layer of each request: errors become problems, and everything is counted.
struct RequestAccounting: RouterMiddleware {
    let metrics: ServerMetrics
    let pressure: Pressure
    let refusals: PacedLog
    let failures: PacedLog

    @concurrent func handle(
        _ request: Request, context: ServerContext,
        next: @concurrent (Request, ServerContext) async throws -> Response
    ) async throws -> Response {
        let start = ContinuousClock.now
        let response: Response
        do {
            response = try await pressure.carry(request, context, next)
        } catch {
            let problem = Self.problem(for: error, request: request)
            metrics.count(problem.slug)
            if let refusal = problem.refusal {
                metrics.count(refusal.code)
                refusals.tell(
                    .notice, "a token was refused",
                    ["reason": "\(refusal.code.rawValue)", "detail": "\(refusal.detail)"],
                    to: context.logger)
            }
            failures.tell(problem, Self.facts(request, context), to: context.logger)
            response = pressure.closing(Self.answer(problem, to: request), in: context)
        }
        let took = ContinuousClock.now - start
        metrics.count(
            route: Self.route(request, context),
            status: response.status,
            seconds: Double(took.components.seconds) + Double(took.components.attoseconds) / 1e18)
        note(request, context, response, took)
        return response
    }

    /// Charges what the request cost to who made it, and tells of it in the log.
    private func note(
        _ request: Request, _ context: ServerContext, _ response: Response, _ took: Duration
    ) {
        let facts = context.account.now
        if let principal = facts.principal {
            // What has no length yet is charged as it is written.
            pressure.pay(
                facts.bytes + (response.body.contentLength ?? 0),
                by: PrincipalBudget.Payer(principal))
        }
        if let tenant = facts.tenant { metrics.tenants.count(response.status, of: tenant) }
        guard context.logger.logLevel <= .info else { return }
        var metadata = Self.facts(request, context)
        metadata["status"] = "\(response.status.code)"
        metadata["milliseconds"] = "\(Int(took / .milliseconds(1)))"
        context.logger.info("answered", metadata: metadata)
    }

    /// What the log says of a request: whose it was and what it was about, and nothing of what it held.
    static func facts(_ request: Request, _ context: ServerContext) -> Logger.Metadata {
        let facts = context.account.now
        var metadata: Logger.Metadata = [
            "route": "\(route(request, context))"
        ]
        metadata["tenant"] = facts.tenant.map { "\($0)" }
        metadata["role"] = facts.principal.map { "\($0.role.rawValue)" }
        metadata["stream"] = facts.stream.map { "\($0)" }
        if facts.streams > 1 { metadata["streams"] = "\(facts.streams)" }
        metadata["replica"] = facts.replica.map { "\($0)" }
        return metadata
    }

    /// Methods that are told of by their names: over HTTP/2 a method is any word, and there is no end of
    /// words.
    private static let methods: Set<HTTPRequest.Method> = [
        .get, .head, .post, .put, .patch, .delete, .options,
    ]

    /// What was called, by the path's pattern.
    private static func route(_ request: Request, _ context: ServerContext) -> String {
        let method = methods.contains(request.method) ? request.method.rawValue : "other"
        return "\(method) \(context.endpointPath ?? "unknown")"
    }

    private static func answer(_ problem: Problem, to request: Request) -> Response {
        var response = Bodies.response(problem)
        if problem.slug == .methodNotAllowed {
            response.headers[.allow] = CallTable.methods(of: request.uri.path)
                .joined(separator: ", ")
        }
        // A body that nobody expects would be read as the beginning of the next answer.
        return request.method == .head ? response.createHeadResponse() : response
    }

    private static func problem(for error: any Error, request: Request) -> Problem {
        switch error {
        case let problem as Problem: return problem
        case let error as HTTPError where error.status == .notFound:
            let methods = CallTable.methods(of: request.uri.path)
            guard methods.isEmpty else {
                return Problem(
                    .methodNotAllowed,
                    "\(request.uri.path.prefix(200)) takes \(methods.joined(separator: " and ")), "
                        + "not \(request.method.rawValue.prefix(20))")
            }
            return Problem(
                .notFound,
                "there is no \(request.method.rawValue.prefix(20)) \(request.uri.path.prefix(200)); "
                    + "protocol/openapi.yaml lists the calls")
        case let error as HTTPError where error.status == .contentTooLarge:
            return Problem(.bodyTooLarge, "the body is too large; split it")
        default:
            return Problem(
                .unexpected, "the server failed in a way that it should not; try again",
                cause: "\(error)")
        }
    }
}
