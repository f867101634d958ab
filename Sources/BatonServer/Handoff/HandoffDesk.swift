import BatonCore
import BatonLog
import BatonWire
import SwiftProtobuf

/// Where a stream is handed on from device to device: it gives out codes, and tokens for them
/// (specification section 10.8).
struct HandoffDesk: Sendable {
    let service: StreamService
    let verifier: TokenVerifier
    let book: HandoffBook
    let guesses: GuessBudget

    init(_ service: StreamService, verifier: TokenVerifier) {
        self.service = service
        self.verifier = verifier
        book = HandoffBook(service.limits)
        guesses = GuessBudget(service.limits)
    }

    /// Makes a code for some entities of a stream that the giver may touch. Each of these tells `account` which
    /// stream it is about, once that is known.
    func make(
        _ body: [UInt8], by giver: Principal, noting account: RequestAccount
    ) async throws(Problem) -> Value {
        try giver.requireWholeStream(to: "hand a stream on")
        let wish = try HandoffWish(json: body, limits: service.limits)
        let key = try service.key(wish.stream, for: giver)
        account.note(key)
        try requireGiving(wish.entities, of: key, by: giver.role)
        // Found out now, and not by the one who claims.
        _ = try await sign(
            TokenClaims(tenant: key.tenant, role: .customer, streams: [], expires: 0))
        var generator = SystemRandomNumberGenerator()
        let now = service.wallClock()
        let handoff = try book.add(now: now, draw: { generator.next() }) { id, code in
            Handoff(
                id: id, code: code, key: key, entities: wish.entities, giver: giver,
                expires: min(now / 1000 + wish.codeSeconds, giver.token.expires) * 1000,
                tokenSeconds: wish.tokenSeconds)
        }
        return .object([
            "id": .string(handoff.id), "code": .string(handoff.code.description),
            "uri": .string(handoff.code.uri),
            "expiresAt": .string(InstantFormat.text(milliseconds: handoff.expires)),
            "stream": .string(key.stream.description),
            "entities": .list(handoff.entities.map { .string($0) }),
        ])
    }

    /// Fails where the giver may not hand on what it names, or where who claims it without a token, and
    /// so as a customer, would have more than the giver: nobody gains by a code.
    private func requireGiving(
        _ names: [String], of key: StreamKey, by role: Role
    ) throws(Problem) {
        let schemas = service.schemas(of: key)
        let named = Set(names.map { $0.split(separator: "/").first.map(String.init) ?? "" })
        let types =
            named.contains("*") ? schemas.sorted.map(\.type) : named.sorted()
        for type in types {
            try service.require(.handOff, on: type, of: key, by: role)
            guard schemas.mayAll(role, that: .customer, on: type) else {
                throw Problem(
                    .notPermitted,
                    "a \(role.rawValue) may not hand on \(type): a customer may see or do more with "
                        + "it; name others")
            }
        }
    }

    /// What became of a code, for those who may touch its stream.
    func status(
        of id: String, for giver: Principal, noting account: RequestAccount
    ) throws(Problem) -> Value {
        guard let handoff = book.handoff(id), handoff.key.tenant == giver.tenant,
            giver.streams.covers(handoff.key.stream), giver.entities == .all
        else { throw Self.unknown }
        account.note(handoff.key)
        var members: [ExactText: Value] = [
            "id": .string(id),
            "status": .string(handoff.status(at: service.wallClock()).rawValue),
            "expiresAt": .string(InstantFormat.text(milliseconds: handoff.expires)),
        ]
        if let claim = handoff.claim {
            members["claimedAt"] = .string(InstantFormat.text(milliseconds: claim.at))
            members["channel"] = claim.token.channel.map { .string($0.description) }
        }
        return .object(members)
    }

    /// Gives a token for a code, once. `caller` is where the call comes from; `claimer` who it is, if
    /// it shows a token of its own.
    func claim(
        _ body: [UInt8], idempotencyKey: String?, from caller: String, by claimer: Principal?,
        noting account: RequestAccount
    ) async throws(Problem) -> Value {
        let request = try ClaimWish(json: body)
        let wait = guesses.take(caller, now: service.wallClock())
        guard wait == 0 else {
            throw Problem(
                .limitExceeded,
                "too many codes that open nothing; wait, and have the code read to you again",
                wait: Int((wait + 999) / 1_000))
        }
        guard let code = HandoffCode(request.code),
            let found = book.find(
                code, idempotencyKey: idempotencyKey, now: service.wallClock()),
            claimer.map({ $0.tenant == found.key.tenant }) ?? true, verifier.admits(found.giver)
        else { throw Self.unknown }
        account.note(found.key)
        // All that can fail comes before the code is spent.
        let state = try await service.states.state(of: found.key).state
        let token = try await token(for: found, channel: request.channel, claimer)
        // The state was asked for meanwhile.
        guard verifier.admits(found.giver), claimer.map(verifier.admits) ?? true else {
            throw Self.unknown
        }
        let now = service.wallClock()
        let claim = book.claim(
            found.id, Handoff.Claim(idempotencyKey: idempotencyKey, token: token, at: now),
            now: now)
        guard let claim else { throw Self.unknown }
        guesses.giveBack(caller)
        let part = shared(found, of: state, with: claim.token.role)
        return .object([
            "token": .string(claim.token.text),
            "expiresAt": .string(InstantFormat.text(milliseconds: claim.token.expires)),
            "role": .string(claim.token.role.rawValue),
            "stream": .string(found.key.stream.description),
            "entities": .list(found.entities.map { .string($0) }),
            "offset": .integer(Int64(part.offset.rawValue)),
            "cursor": .string(
                Cursor(epoch: service.engine.identity.epoch, offset: part.offset).description),
            "values": .object(values(of: part, in: found.key)),
        ])
    }

    /// What is shared of the state with who claims it.
    private func shared(
        _ handoff: Handoff, of state: StreamState, with role: Role
    ) -> StreamState {
        Sight(.named(handoff.entities), of: role, under: service.schemas(of: handoff.key))
            .shown(state)
    }

    private func values(of state: StreamState, in key: StreamKey) -> [ExactText: Value] {
        let schemas = service.schemas(of: key)
        var values: [ExactText: Value] = [:]
        for id in state.entities.keys {
            values[ExactText(id.description)] = state.value(of: id, schemas: schemas)
        }
        return values
    }

    /// A token of the claimer's own role, and worth no more than his; of the least one where nobody knows who
    /// claims.
    private func token(
        for handoff: Handoff, channel: ChannelName?, _ claimer: Principal?
    ) async throws(Problem) -> SharedToken {
        let role = claimer?.role ?? .customer
        let channel = channel ?? claimer?.channel
        let now = service.wallClock() / 1000
        let ends = [handoff.giver.token.expires, claimer?.token.expires ?? .max]
        let expires = ends.reduce(now + handoff.tokenSeconds, min)
        let text = try await sign(
            TokenClaims(
                tenant: handoff.key.tenant, role: role,
                streams: [handoff.key.stream.description], entities: handoff.entities,
                subject: "handoff \(handoff.id)", replica: claimer?.replica, channel: channel,
                id: handoff.id, issued: now, expires: expires, via: TokenGiver(handoff.giver),
                by: claimer.map(TokenGiver.init)))
        return SharedToken(text: text, role: role, channel: channel, expires: expires * 1000)
    }

    private func sign(_ claims: TokenClaims) async throws(Problem) -> String {
        do {
            return try await verifier.keys.sign(claims)
        } catch {
            throw Problem(
                .notFound,
                "this server hands nothing on: the first of its keys verifies tokens only; give it "
                    + "one that signs")
        }
    }

    /// What there is to count, as Prometheus text.
    var text: String {
        let (held, open) = book.count(at: service.wallClock())
        return Gauge(
            "handoffs", "Hand-offs that are kept in mind.", held, limit: service.limits.handoffs
        ).text + Gauge("handoffs_open", "Codes that can be claimed.", open).text
    }

    /// The one answer to a code that was never made, was claimed, or has expired.
    private static let unknown = Problem(
        .handoffNotFound, "no such hand-off, or not any more: ask for a new code")
}
