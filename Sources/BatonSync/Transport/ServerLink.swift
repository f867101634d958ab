import BatonCore
import BatonWire
import SwiftProtobuf

/// The calls of the protocol, over whatever transport there is.
struct ServerLink: Sendable {
    let transport: any SyncTransport
    let token: TokenSource
    let timeout: Duration

    static let protobuf = "application/x-protobuf"

    /// The same calls with this token.
    func showing(_ token: String) -> ServerLink {
        ServerLink(transport: transport, token: .fixed(token), timeout: timeout)
    }

    /// Pushes and pulls many streams in one round trip.
    func sync(_ asks: [SyncAsk]) async throws(SyncFailure) -> Baton_V1_SyncResponse {
        let reply = try await send(
            SyncCall(
                .post, "/v1/sync",
                headers: ["content-type": Self.protobuf, "accept": Self.protobuf],
                body: SyncMessage.encode(asks), timeout: timeout))
        let answer = try decode(Baton_V1_SyncResponse.self, from: reply)
        guard answer.streams.count == asks.count else {
            throw SyncFailure(
                .unexpectedAnswer,
                "the server answered \(answer.streams.count) of \(asks.count) streams")
        }
        return answer
    }

    /// The whole live state of a stream.
    func snapshot(_ stream: StreamID) async throws(SyncFailure) -> Baton_V1_Snapshot {
        let reply = try await send(
            SyncCall(
                .get, "/v1/streams/\(stream)/snapshot", headers: ["accept": Self.protobuf],
                timeout: timeout))
        return try decode(Baton_V1_Snapshot.self, from: reply)
    }

    /// The schemas that the server has in force, as far as this version can read them.
    func schemas() async throws(SyncFailure) -> SchemaSet? {
        let reply = try await send(
            SyncCall(
                .get, "/v1/schemas", headers: ["accept": "application/json"], timeout: timeout))
        return try? SchemaSet(document: reply.body)
    }

    /// A connection on which pull answers for a stream come as they arise.
    func live(
        _ stream: StreamID, after cursor: String, replica: ReplicaID
    ) async throws(SyncFailure) -> LiveReply {
        var path = "/v1/streams/\(stream)/live?replica=\(replica)"
        // Cursors hold no letter that an address would have to escape (specification section 9.1).
        if !cursor.isEmpty { path += "&after=\(cursor)" }
        var call = SyncCall(
            .get, path, headers: ["accept": "text/event-stream"], timeout: timeout)
        var rejected: String?
        while true {
            let token = try await authorize(&call, rejected: rejected)
            let reply: LiveReply
            do {
                reply = try await transport.open(call)
            } catch {
                throw error.failure
            }
            if reply.status == 200 { return reply }
            if reply.status == 401 && rejected == nil && token != nil {
                rejected = token
                continue
            }
            throw Problem.failure(
                of: SyncReply(status: reply.status, headers: reply.headers))
        }
    }

    /// Sends a call with a token; after a 401 once more with another one.
    func send(_ call: SyncCall) async throws(SyncFailure) -> SyncReply {
        var call = call
        var rejected: String?
        while true {
            let token = try await authorize(&call, rejected: rejected)
            let reply: SyncReply
            do {
                reply = try await transport.send(call)
            } catch {
                throw error.failure
            }
            if reply.status == 200 { return reply }
            if reply.status == 401 && rejected == nil && token != nil {
                rejected = token
                continue
            }
            throw Problem.failure(of: reply)
        }
    }

    private func authorize(
        _ call: inout SyncCall, rejected: String?
    ) async throws(SyncFailure) -> String? {
        do {
            let token = try await self.token.token(rejected)
            call.headers["authorization"] = token.map { "Bearer \($0)" }
            return token
        } catch {
            throw SyncFailure(
                .unauthenticated, "the app's token provider failed",
                cause: String(describing: error))
        }
    }

    func decode<Message: SwiftProtobuf.Message>(
        _ type: Message.Type, from reply: SyncReply
    ) throws(SyncFailure) -> Message {
        // A captive portal answers 200 with a page of its own.
        let type = reply.headers["content-type"] ?? ""
        guard type.hasPrefix(Self.protobuf) else {
            throw SyncFailure(
                .unexpectedAnswer,
                "something answered in the server's place (\"\(type)\"); is this network asking "
                    + "for a login?",
                cause: Problem.excerpt(reply.body))
        }
        do {
            return try Protobuf.decode(Message.self, from: reply.body)
        } catch {
            throw SyncFailure(
                .unexpectedAnswer, "the server's answer cannot be read",
                cause: String(describing: error))
        }
    }
}

extension TransportFailure {
    var failure: SyncFailure {
        switch code {
        case .unreachable, .cancelled:
            return SyncFailure(
                .offline, "the server cannot be reached; what is written is kept and sent later",
                cause: message)
        case .timedOut:
            return SyncFailure(
                .offline,
                "the server did not answer in time; what is written is kept and sent later",
                cause: message)
        case .untrusted:
            return SyncFailure(
                .unexpectedAnswer,
                "the server's certificate is not to be trusted; check the device's date and the "
                    + "network",
                cause: message)
        case .tooLarge:
            return SyncFailure(
                .unexpectedAnswer, "the server's answer is too large", cause: message)
        }
    }
}
