import Hummingbird
import HummingbirdCore
import NIOCore

/// All that bounds what a server holds at a moment, from the socket on; what waits for the disk is
/// bounded by the log (``BatonLog/SQLiteLog/Options``).
struct Pressure: Sendable {
    /// Connections that are served.
    let connections: Connections
    /// Requests that are being worked on, or wait for their turn.
    let requests: Places
    /// Requests that read the log at once; the others wait.
    let readers: Turns
    /// Bytes of request bodies that are held.
    let bodies: ByteBudget
    /// Bytes of answers that wait for their clients.
    let answers: ByteBudget
    /// Live answers that are open, and those of each caller.
    let live: Places
    let liveShares: Shares
    /// Requests, and bytes of their bodies, of each caller.
    let requestShares: Shares
    let bodyShares: Shares
    /// Claims of codes without a token: of all, and of each address.
    let claims: Places
    let claimShares: Shares
    /// Who does not send what it has begun to.
    let slowBodies: BodyWatch
    /// The same for claims, which fit a packet.
    let slowClaims: BodyWatch
    /// The patience with connections, and their streams of HTTP/2.
    let rule: HeadRule
    /// How much a request's head may hold.
    let headers: HeaderLimits
    /// What waits unsent on each connection.
    let unsent: UnsentBytes
    /// What each caller causes.
    let callers: PrincipalBudget
    /// What each tenant causes.
    let tenants: TenantMetrics

    /// Answers below so many bytes are not accounted for: connections bound them.
    private static let smallAnswer = 16 * 1024
    /// Paths that are answered whatever the load, or nobody could see what is wrong.
    private static let always: Set = ["/healthz", "/readyz", "/metrics"]

    /// `now` reads the wall clock, in milliseconds.
    init(_ limits: ServerLimits, tenants: TenantMetrics, now: @escaping @Sendable () -> Int64) {
        connections = Connections(limits.connections)
        requests = Places(limits.requestsAtOnce)
        readers = Turns(limits.readersAtOnce)
        bodies = ByteBudget(limits.bodyBytesAtOnce)
        answers = ByteBudget(limits.answerBytesAtOnce)
        live = Places(limits.liveSubscribers)
        liveShares = Shares(
            limits.livePerCaller, of: "live answers of one caller are open",
            otherwise: "name several streams in one, or end another")
        requestShares = Shares(
            limits.requestsPerCallerAtOnce, of: "requests of one caller are being worked on",
            otherwise: "wait until one is answered", wait: 1)
        bodyShares = Shares(
            limits.bodyBytesPerCaller, of: "bytes of requests of one caller are being worked on",
            otherwise: "wait until one is answered", wait: 1)
        claims = Places(limits.claimsAtOnce)
        claimShares = Shares(
            limits.claimsPerAddress, of: "claims from one address are being worked on",
            otherwise: "try again", wait: 1)
        slowBodies = BodyWatch(seconds: limits.bodySeconds)
        slowClaims = BodyWatch(seconds: limits.headSeconds)
        rule = HeadRule(limits)
        headers = HeaderLimits(limits)
        unsent = UnsentBytes(limits.unsentBytes)
        callers = PrincipalBudget(limits, now: now)
        self.tenants = tenants
    }

    /// Charges bytes of a request or of an answer: for how many milliseconds who pays is in debt now.
    @discardableResult
    func pay(_ bytes: Int, by payer: PrincipalBudget.Payer) -> Double {
        tenants.count(bytes: bytes, of: payer.tenant)
        return callers.pay(bytes, by: payer)
    }

    /// Carries a request out with a place of its own, or refuses it.
    @concurrent func carry(
        _ request: Request, _ context: ServerContext,
        _ next: @concurrent (Request, ServerContext) async throws -> Response
    ) async throws -> Response {
        guard !Self.always.contains(request.uri.path) else {
            return try await next(request, context)
        }
        guard connections.admit(context.connection) else {
            throw Problem(
                .overloaded,
                "\(connections.limit) connections are open, the most there may be; come again")
        }
        if context.isStream { try headers.check(request.headers) }
        guard requests.take() else {
            throw Problem(
                .overloaded,
                "\(requests.limit) requests are being worked on, the most there may be; try again")
        }
        defer {
            requests.free()
            context.held.release()
            context.shares.release()
        }
        guard [.get, .head].contains(request.method), !Self.isLive(request.uri.path) else {
            return try paced(try await next(request, context), in: context)
        }
        // What reads may make much of little; a sync, which reads too, waits once its body is here.
        return try await readers.take {
            try paced(try await next(request, context), in: context)
        }
    }

    /// Whether it is the path of a live answer, which reads now and then for as long as it is open.
    private static func isLive(_ path: String) -> Bool {
        guard path.hasSuffix("/live") else { return false }
        // An entity may have that name, too.
        let parts = path.split(separator: "/")
        return parts.count == 2 || parts.count == 4 && parts[1] == "streams"
    }

    /// The problem as it is answered: on a connection that is not served it is the last word.
    func closing(_ problem: Response, in context: ServerContext) -> Response {
        guard !connections.serves(context.connection) else { return problem }
        Connections.sendAway(context.connection)
        var problem = problem
        if !context.isStream { problem.headers[.connection] = "close" }
        return problem
    }

    /// Why an answer that does not fit among the others is not made.
    var answersOverloaded: Problem {
        Problem(
            .overloaded, "\(answers.limit) bytes of answers wait for slow clients; try again")
    }

    /// The answer, written at its client's pace and held against the budget until it is written.
    private func paced(
        _ response: Response, in context: ServerContext
    ) throws(Problem) -> Response {
        let length = response.body.contentLength
        if let length, length < Self.smallAnswer { return response }
        let held = HeldBytes()
        if let length, !held.take(length, from: answers) {
            throw answersOverloaded
        }
        var response = response
        let body = response.body
        let payer =
            length == nil ? context.account.now.principal.map(PrincipalBudget.Payer.init) : nil
        response.body = ResponseBody(contentLength: length) { [self] in
            defer { held.release() }
            try await body.write(
                PacedWriter(writer: $0, pressure: self, payer: payer))
        }
        return response
    }
}
