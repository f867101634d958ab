import BatonCore
import BatonLog
import BatonWire
import Crypto
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import SwiftProtobuf

extension HTTPField.Name {
    /// The offset of the log that an answer reflects.
    static let batonOffset = HTTPField.Name("Baton-Offset") ?? .age
    static let idempotencyKey = HTTPField.Name("Idempotency-Key") ?? .age
    static let lastEventID = HTTPField.Name("Last-Event-ID") ?? .age
}

/// The calls under `/v1`, each a thin layer between HTTP and the service.
struct Routes: Sendable {
    let service: StreamService
    let verifier: TokenVerifier
    let bodies: Bodies
    let metrics: ServerMetrics
    let pressure: Pressure
    let ahead: FoldAhead
    let heartbeats: Heartbeats
    let handoffs: HandoffDesk
    let audit: AuditFile?
    /// Tells why the server failed.
    let failures: PacedLog

    func add(to router: Router<ServerContext>) {
        let streams = router.group("/v1/streams/{stream}")
        streams.post("events", use: push)
        streams.get("events", use: pull)
        addLive(to: router)
        streams.get("snapshot", use: snapshot)
        streams.get("timeline", use: timeline)
        streams.get("conflicts", use: conflicts)
        streams.get("entities/{type}/{id}", use: entity)
        streams.post("entities/{type}/{id}", use: write)
        streams.post("checkout", use: checkout)
        streams.post("adopt", use: adopt)
        streams.post("adopt/undo", use: undoAdoption)
        router.post("/v1/sync", use: sync)
        router.get("/v1/schemas", use: schemas)
        addHandoffs(to: router)
    }

    /// Who calls; fails where that caller calls too often.
    func principal(
        _ request: Request, _ context: ServerContext
    ) throws(Problem) -> Principal {
        let principal = try verifier.principal(authorization: request.headers[.authorization])
        context.account.note(principal)
        try pressure.callers.take(principal)
        if let name = PrincipalBudget.Payer(principal).name {
            context.shares.keep(try pressure.requestShares.take(for: name))
        }
        return principal
    }

    func caller(
        _ request: Request, _ context: ServerContext
    ) throws(Problem) -> (key: StreamKey, principal: Principal) {
        let principal = try principal(request, context)
        let key = try service.key(parameter("stream", context), for: principal)
        context.account.note(key.stream)
        return (key, principal)
    }

    func parameter(_ name: String, _ context: ServerContext) throws(Problem) -> String {
        guard let text = context.parameters.get(name)?.removingPercentEncoding else {
            throw Problem(.invalidName, "the \(name) in the path is not UTF-8 in percent-encoding")
        }
        return text
    }

    private func number(
        _ name: String, _ request: Request, in range: ClosedRange<UInt64>
    ) throws(Problem) -> UInt64? {
        guard let text = request.uri.queryParameters[Substring(name)] else { return nil }
        guard let number = UInt64(digits: text), range.contains(number) else {
            throw Problem(
                .invalidParameter,
                "\(name) is a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    func limit(_ request: Request, most: Int) throws(Problem) -> Int {
        Int(try number("limit", request, in: 1...UInt64(most)) ?? UInt64(most))
    }

    // Push, pull and sync.

    @Sendable private func push(
        _ request: Request, _ context: ServerContext
    ) async throws -> Response {
        let (key, caller) = try caller(request, context)
        let encoding = try MessageEncoding(contentType: request.headers[.contentType])
        let body = try await bodies.read(request, context)
        let batch: PushedBatch
        do {
            switch encoding {
            case .protobuf: batch = try PushedBatch(pushRequest: body)
            case .json:
                let message = try Protobuf.decodeJSON(Baton_V1_PushRequest.self, from: body)
                batch = try PushedBatch(message.batch)
            }
        } catch { throw Problem(error) }
        context.account.note(batch.replica)
        let response = try await service.push(batch, to: key, by: caller)
        metrics.count(response.verdicts, of: key.tenant)
        noteGrowth(of: key, by: response)
        if let problem = try Self.problem(of: response) { throw problem }
        return try await bodies.response(
            response, as: MessageEncoding(accept: request.headers[.accept], otherwise: encoding),
            to: request)
    }

    private func noteGrowth(of key: StreamKey, by pushed: Baton_V1_PushResponse) {
        ahead.noteGrowth(
            of: key, by: pushed.verdicts.count { $0.outcome == .accepted },
            to: Offset(rawValue: pushed.head))
    }

    /// The problem that answers a push of which nothing was accepted or known.
    private static func problem(of response: Baton_V1_PushResponse) throws -> Problem? {
        guard response.verdicts.allSatisfy({ $0.outcome == .refused }),
            let first = response.verdicts.first,
            case .refused(let refusal, _) = try Verdict(first)
        else { return nil }
        var members = ["answer": try Protobuf.encodeJSON(response)]
        if let expected = refusal.expected { members["expected"] = Array("\(expected)".utf8) }
        if refusal.code == .clockDrift {
            members["serverTime"] = Array("\(response.serverTime)".utf8)
        }
        return Problem(refusal, members: members)
    }

    @Sendable private func sync(
        _ request: Request, _ context: ServerContext
    ) async throws -> Response {
        let caller = try principal(request, context)
        let encoding = try MessageEncoding(contentType: request.headers[.contentType])
        let body = try await bodies.read(request, context)
        let incoming: IncomingSync
        do {
            switch encoding {
            case .protobuf:
                incoming = try IncomingSync(protobuf: body, most: service.limits.streamsPerSync)
            case .json: incoming = try IncomingSync(json: body)
            }
        } catch { throw Problem(error) }
        guard incoming.count <= service.limits.streamsPerSync else {
            throw Problem(
                .limitExceeded,
                "\(incoming.count) streams; sync at most \(service.limits.streamsPerSync) at a time"
            )
        }
        context.account.note(
            incoming.parts.first.flatMap { try? StreamID($0.stream) }, of: incoming.parts.count)
        if let replica = incoming.parts.lazy.compactMap(\.replica).first {
            context.account.note(replica)
        }
        return try await pressure.readers.take {
            try verifier.require(caller)
            let results = await service.synced(incoming, by: caller)
            for result in results {
                metrics.count(result.message.pushed.verdicts, of: caller.tenant)
                if let problem = result.problem {
                    metrics.count(problem.slug)
                    var facts = RequestAccounting.facts(request, context)
                    facts["stream"] = "\(result.message.stream)"
                    failures.tell(problem, facts, to: context.logger)
                }
                if result.message.hasPushed {
                    try noteGrowth(
                        of: service.key(result.message.stream, for: caller),
                        by: result.message.pushed)
                }
            }
            return try await answer(
                results,
                as: MessageEncoding(accept: request.headers[.accept], otherwise: encoding),
                to: request)
        }
    }

    private func answer(
        _ results: [SyncedStream], as encoding: MessageEncoding, to request: Request
    ) async throws -> Response {
        switch encoding {
        case .protobuf:
            return await bodies.response(
                service.encoded(results), type: MessageEncoding.protobuf.contentType, to: request)
        case .json:
            var response = Baton_V1_SyncResponse()
            response.serverTime = service.wallClock()
            for var result in results {
                if let pulled = result.pulled { result.message.pulled = try pulled.decoded() }
                response.streams.append(result.message)
            }
            return try await bodies.response(response, as: .json, to: request)
        }
    }

    @Sendable private func snapshot(
        _ request: Request, _ context: ServerContext
    ) async throws -> Response {
        let (key, caller) = try caller(request, context)
        _ = try await service.requireStream(key)
        return try await bodies.response(
            await service.snapshot(key, in: service.sight(of: key, for: caller)),
            as: MessageEncoding(accept: request.headers[.accept], otherwise: .json), to: request)
    }

    // Entities.

    private func entityID(_ context: ServerContext) throws(Problem) -> EntityID {
        do {
            return try EntityID(
                type: parameter("type", context), id: parameter("id", context))
        } catch let problem as Problem {
            throw problem
        } catch { throw Problem(.invalidName, "\(error)") }
    }

    @Sendable private func entity(
        _ request: Request, _ context: ServerContext
    ) async throws -> Response {
        let (key, caller) = try caller(request, context)
        let id = try entityID(context)
        try caller.require(id)
        let moment = try moment(request)
        let path = try path(request)
        if try flag("explain", request) {
            return try await explanation(
                of: id, at: path, in: key, at: moment, for: caller, to: request)
        }
        if moment != nil {
            try service.require(.timeline, on: id.type, of: key, by: caller.role)
        }
        let (value, offset) = try await service.entity(
            id, of: key, at: moment, in: service.sight(of: key, for: caller))
        let body = value.canonicalBytes
        let tag = "\"\(Hexadecimal.text(SHA256.hash(data: body).prefix(16)))\""
        let headers: HTTPFields = [
            .eTag: tag, .batonOffset: offset.description, .cacheControl: "no-cache",
        ]
        let known = request.headers[.ifNoneMatch]?.split(separator: ",").map {
            $0.trimmingPrefix { $0 == " " }.trimmingPrefix("W/")
        }
        if let known, known.contains(where: { $0 == tag || $0 == "*" }) {
            return Response(status: .notModified, headers: headers)
        }
        return await bodies.response(body, type: "application/json", to: request, headers: headers)
    }

    private func explanation(
        of id: EntityID, at path: FieldPath, in key: StreamKey, at moment: PastMoment?,
        for caller: Principal, to request: Request
    ) async throws(Problem) -> Response {
        let explanation = try await service.explanation(
            of: id, at: path, in: key, at: moment, for: caller.role,
            in: service.sight(of: key, for: caller))
        return await bodies.response(
            explanation.json.canonicalBytes, type: "application/json", to: request,
            headers: [.batonOffset: explanation.offset.description, .cacheControl: "no-store"])
    }

    private func path(_ request: Request) throws(Problem) -> FieldPath {
        guard let path = FieldPath(pointer: String(request.uri.queryParameters["path"] ?? ""))
        else {
            throw Problem(
                .invalidParameter, "path is a JSON Pointer, such as /lines/sku-1/quantity")
        }
        return path
    }

    private func moment(_ request: Request) throws(Problem) -> PastMoment? {
        guard let text = request.uri.queryParameters["at"] else { return nil }
        return try PastMoment(String(text))
    }

    private func flag(_ name: String, _ request: Request) throws(Problem) -> Bool {
        switch request.uri.queryParameters[Substring(name)] {
        case nil, "false": return false
        case "true": return true
        default: throw Problem(.invalidParameter, "\(name) is true or false")
        }
    }

    @Sendable private func write(
        _ request: Request, _ context: ServerContext
    ) async throws -> Response {
        let (key, caller) = try caller(request, context)
        let entity = try entityID(context)
        let encoding = try MessageEncoding(contentType: request.headers[.contentType])
        let body = try await bodies.read(request, context)
        let message: Baton_V1_WriteRequest = try encoding.decode(body)
        let response = try await service.write(
            ThinWrite(
                entity: entity, request: message, idempotencyKey: idempotencyKey(request),
                digest: Array(SHA256.hash(data: Array("\(entity)\n".utf8) + body))),
            to: key, by: caller)
        metrics.count([response.verdict], of: key.tenant)
        return try await bodies.response(
            response, as: MessageEncoding(accept: request.headers[.accept], otherwise: encoding),
            to: request, headers: [.batonOffset: "\(response.head)"])
    }

    @Sendable private func checkout(
        _ request: Request, _ context: ServerContext
    ) async throws -> Response {
        let (key, caller) = try caller(request, context)
        let encoding = try MessageEncoding(contentType: request.headers[.contentType])
        let body = try await bodies.read(request, context)
        let response = try await service.checkout(
            encoding.decode(body), of: key,
            naming: WriteNaming(
                key: idempotencyKey(request),
                digest: Array(SHA256.hash(data: Array("checkout\n".utf8) + body))),
            by: caller)
        metrics.count([response.verdict], of: key.tenant)
        return try await bodies.response(
            response, as: MessageEncoding(accept: request.headers[.accept], otherwise: encoding),
            to: request, headers: [.batonOffset: "\(response.head)"])
    }

    func idempotencyKey(_ request: Request) throws(Problem) -> String? {
        let key = request.headers[.idempotencyKey]
        if let length = key?.utf8.count,
            length == 0 || length > service.limits.idempotencyKeyBytes
        {
            throw Problem(
                .invalidParameter,
                "an Idempotency-Key has 1 to \(service.limits.idempotencyKeyBytes) bytes")
        }
        return key
    }

    // Timeline, conflicts, schemas.

    @Sendable private func timeline(
        _ request: Request, _ context: ServerContext
    ) async throws -> Response {
        let (key, caller) = try caller(request, context)
        let after = try number("after", request, in: 0...largestExactInteger) ?? 0
        let value = try await service.timeline(
            key, after: Offset(rawValue: after),
            limit: limit(request, most: service.limits.entriesPerPage), at: moment(request),
            for: caller.role, in: service.sight(of: key, for: caller))
        return await bodies.response(
            value.canonicalBytes, type: "application/json", to: request)
    }

    @Sendable private func conflicts(
        _ request: Request, _ context: ServerContext
    ) async throws -> Response {
        let (key, caller) = try caller(request, context)
        let wanted = try ConflictStatus(request.uri.queryParameters["status"].map(String.init))
        let entity = try request.uri.queryParameters["entity"].map { text in
            do {
                return try EntityID(String(text))
            } catch { throw Problem(.invalidName, "entity is type/id: \(error)") }
        }
        if let entity { try caller.require(entity) }
        let value = try await service.conflicts(
            key, wanted, of: entity, for: caller.role,
            in: service.sight(of: key, for: caller))
        return await bodies.response(
            value.canonicalBytes, type: "application/json", to: request)
    }

    @Sendable private func schemas(
        _ request: Request, _ context: ServerContext
    ) async throws -> Response {
        let document = service.schemas[try principal(request, context).tenant].document
        return await bodies.response(document, type: "application/json", to: request)
    }
}
