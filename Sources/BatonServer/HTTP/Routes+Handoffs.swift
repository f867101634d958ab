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

    @Sendable private func handOff(
        _ request: Request, _ context: ServerContext
    ) async throws -> Response {
        let giver = try principal(request, context)
        let value = try await handoffs.make(json(request, context), by: giver)
        metrics.count(handoff: "made")
        return await answer(value, to: request)
    }

    @Sendable private func handoffStatus(
        _ request: Request, _ context: ServerContext
    ) async throws -> Response {
        try await answer(
            handoffs.status(of: parameter("id", context), for: principal(request, context)),
            to: request)
    }

    /// Bytes of the body of a claim: a code and a channel. Strangers send them.
    private static let claimBytes = 4 * 1024

    /// The one call under `/v1` that needs no token: the code is what the caller shows.
    @Sendable private func claimHandoff(
        _ request: Request, _ context: ServerContext
    ) async throws -> Response {
        var claimer: Principal?
        if request.headers[.authorization] != nil { claimer = try principal(request, context) }
        context.shares.keep(try pressure.claimShares.take(for: Self.caller(nil, context)))
        let body = try await json(request, context, atMost: Self.claimBytes)
        let key = try idempotencyKey(request)
        let claimed = await claim(body, key, from: Self.caller(claimer, context), by: claimer)
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
        _ body: [UInt8], _ key: String?, from caller: String, by claimer: Principal?
    ) async -> Result<Value, Problem> {
        do throws(Problem) {
            return .success(
                try await handoffs.claim(body, idempotencyKey: key, from: caller, by: claimer))
        } catch {
            return .failure(error)
        }
    }

    private func json(
        _ request: Request, _ context: ServerContext, atMost most: Int? = nil
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
