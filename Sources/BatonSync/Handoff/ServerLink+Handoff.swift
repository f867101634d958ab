import BatonCore
import BatonWire
import SwiftProtobuf

/// A hand-off that was claimed, as the server answers it.
struct ClaimedHandoff: Sendable {
    let stream: StreamID
    let share: StreamShare
}

extension ServerLink {
    /// Makes a code (specification section 10.8).
    func handOff(
        _ stream: StreamID, sharing entities: [String], codeSeconds: Int64?, tokenSeconds: Int64?
    ) async throws(SyncFailure) -> (id: String, code: String, uri: String, expires: Int64) {
        var body: [ExactText: Value] = [
            "stream": .string(stream.description),
            "entities": .list(entities.map { .string($0) }),
        ]
        body["codeSeconds"] = codeSeconds.map { .integer($0) }
        body["tokenSeconds"] = tokenSeconds.map { .integer($0) }
        let answer = try await plain(.post, "/v1/handoffs", .object(body))
        guard let id = answer["id"]?.string, let code = answer["code"]?.string,
            let uri = answer["uri"]?.string, let expires = Self.instant(answer["expiresAt"])
        else { throw Self.unreadable }
        return (id, code, uri, expires)
    }

    /// What became of a code; `nil` while it is open.
    func outcome(ofHandoff id: String) async throws(SyncFailure) -> HandoffOutcome? {
        let answer: Value
        do {
            answer = try await plain(.get, "/v1/handoffs/\(id)", nil)
        } catch  where error.problem == "handoff-not-found" {
            return .expired
        }
        switch answer["status"]?.string {
        case "open": return nil
        case "claimed":
            return .claimed(
                at: Self.instant(answer["claimedAt"]) ?? 0, channel: answer["channel"]?.string)
        case "expired": return .expired
        default: throw Self.unreadable
        }
    }

    /// Claims a code. The same claim again, under the same key, is answered as the first time.
    func claim(
        _ code: String, channel: ChannelName, key: String
    ) async throws(SyncFailure) -> ClaimedHandoff {
        let answer: Value
        do {
            answer = try await plain(
                .post, "/v1/handoffs/claim",
                .object([
                    "code": .string(code), "channel": .string(channel.description),
                ]), headers: ["idempotency-key": key])
        } catch  where error.problem == "handoff-not-found" {
            throw SyncFailure(
                .handoffNotFound,
                "the code opens nothing, or not any more; have a new one made on the other device",
                cause: error.cause, problem: error.problem)
        }
        guard let token = answer["token"]?.string,
            let expires = Self.instant(answer["expiresAt"]),
            let stream = answer["stream"]?.string.flatMap({ try? StreamID($0) }),
            case .list(let entities)? = answer["entities"]
        else { throw Self.unreadable }
        return ClaimedHandoff(
            stream: stream,
            share: StreamShare(
                entities: entities.compactMap(\.string), expires: expires, token: token))
    }

    /// A call of plain JSON.
    private func plain(
        _ method: SyncCall.Method, _ path: String, _ body: Value?,
        headers: [String: String] = [:]
    ) async throws(SyncFailure) -> Value {
        var headers = headers
        headers["accept"] = "application/json"
        if body != nil { headers["content-type"] = "application/json" }
        let reply = try await send(
            SyncCall(
                method, path, headers: headers,
                body: body?.canonicalBytes ?? [], timeout: timeout))
        do {
            return try Value(AnswerJSON.decode(Google_Protobuf_Value.self, from: reply.body))
        } catch {
            throw SyncFailure(
                .unexpectedAnswer, "the server's answer cannot be read",
                cause: Problem.excerpt(reply.body))
        }
    }

    private static func instant(_ value: Value?) -> Int64? {
        value?.string.flatMap { InstantFormat.milliseconds(of: $0) }
    }

    private static var unreadable: SyncFailure {
        SyncFailure(.unexpectedAnswer, "the server's answer lacks what it must say")
    }
}
