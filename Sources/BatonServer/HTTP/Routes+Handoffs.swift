import BatonCore
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

extension Routes {
    func addHandoffs(to router: Router<ServerContext>) {
        router.post("/v1/handoffs", use: handOff)
        router.get("/v1/handoffs/{id}", use: handoffStatus)
        router.post("/v1/handoffs/claim", use: claimHandoff)
    }

    /// Bytes of what a giver asks for: some names.
    private static let wishBytes = 16 * 1024

    @Sendable private func handOff(
        _ request: Request, _ context: ServerContext
    ) async throws -> Response {
        let giver = try principal(request, context)
        let value = try await handoffs.make(
            json(request, context, atMost: Self.wishBytes), by: giver, noting: context.account)
        metrics.count(handoff: "made")
        return await answer(value, to: request)
    }

    @Sendable private func handoffStatus(
        _ request: Request, _ context: ServerContext
    ) async throws -> Response {
        try await answer(
            handoffs.status(
                of: parameter("id", context), for: principal(request, context),
                noting: context.account),
            to: request)
    }

    /// The one call under `/v1` that needs no token: the code is what the caller shows.
    @Sendable private func claimHandoff(
        _ request: Request, _ context: ServerContext
    ) async throws -> Response {
        var claimer: Principal?
        if request.headers[.authorization] != nil { claimer = try principal(request, context) }
        var place: PlaceTaken?
        if claimer == nil {
            place = PlaceTaken(pressure.claims)
            guard place != nil else {
                throw Problem(
                    .overloaded,
                    "\(pressure.claims.limit) claims are being worked on, the most there may be; try again"
                )
            }
        }
        defer { place?.free() }
        context.shares.keep(try pressure.claimShares.take(for: Self.caller(nil, context)))
        let body = try await json(request, context, atMost: service.limits.claimBytes)
        let key = try idempotencyKey(request)
        let claimed = await claim(body, key, from: claimer, context)
        switch claimed {
        case .success: metrics.count(handoff: "claimed")
        case .failure(let problem) where problem.slug == .handoffNotFound:
            metrics.count(handoff: "missed")
        case .failure(let problem) where problem.slug == .limitExceeded:
            metrics.count(handoff: "limited")
        case .failure: break
        }
        return try await answer(claimed.get(), to: request)
    }

    private func claim(
        _ body: [UInt8], _ key: String?, from claimer: Principal?, _ context: ServerContext
    ) async -> Result<Value, Problem> {
        do throws(Problem) {
            return .success(
                try await handoffs.claim(
                    body, idempotencyKey: key, from: Self.caller(claimer, context), by: claimer,
                    noting: context.account))
        } catch {
            return .failure(error)
        }
    }

    private func json(
        _ request: Request, _ context: ServerContext, atMost most: Int
    ) async throws(Problem) -> [UInt8] {
        guard case .json = try MessageEncoding(contentType: request.headers[.contentType]) else {
            throw Problem(.unsupportedMediaType, "send Content-Type: application/json")
        }
        return try await bodies.read(request, context, atMost: most)
    }

    private func answer(_ value: Value, to request: Request) async -> Response {
        await bodies.response(value.canonicalBytes, type: "application/json", to: request)
    }

    /// Whose guesses are counted together: those of one token, or else of one address. Of an IPv6
    /// address its first half, since the other is its owner's to choose (RFC 4291, section 2.5.1).
    private static func caller(_ claimer: Principal?, _ context: ServerContext) -> String {
        if let claimer { return "token \(claimer.hashValue)" }
        switch context.connection.remoteAddress {
        case .v6(let address)?:
            return withUnsafeBytes(of: address.address.sin6_addr) { bytes in
                "network " + bytes.prefix(8).map { String($0, radix: 16) }.joined(separator: ":")
            }
        case .some(let address): return "address " + (address.ipAddress ?? "local")
        case nil: return "address unknown"
        }
    }
}
