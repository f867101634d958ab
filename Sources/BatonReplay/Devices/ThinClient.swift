import BatonCore
import BatonSync
import BatonWire
import Foundation

/// What a thin client's write or checkout was answered. The two answers are the same but for the
/// order's name, which a write's lacks.
enum ThinAnswer {
    static func read(_ reply: SyncReply) throws(WireFailure) -> Baton_V1_CheckoutResponse {
        try Protobuf.decodeJSON(Baton_V1_CheckoutResponse.self, from: reply.body)
    }
}

/// A client without a store: it reads entities and writes operations by plain HTTP calls in JSON.
struct ThinClient {
    /// What became of a write.
    enum Outcome {
        case written([Dot])
        case waits
        case nothing
        /// By the problem's slug.
        case refused(String)
    }

    private struct Problem: Decodable {
        let type: String
        let detail: String?
    }

    let device: ShopDevice
    let transport: FaultyTransport
    let token: String
    let patience: Patience

    /// Carries an action out on top of what the server holds. `key` names the write, so that it
    /// happens once however often it must be sent.
    func write(
        _ action: ShopAction, at time: Int64, key: String, deliveries: Int
    ) async throws(ReplayFailure) -> Outcome {
        var known: [EntityID: Value?] = [:]
        var seen: Offset?
        while true {
            var missing: EntityID?
            let write: ShopWrite
            do {
                write = try ShopWrite(action, at: time) { entity in
                    if let value = known[entity] { return value }
                    missing = missing ?? entity
                    return nil
                }
            } catch { return .refused("invalid-name") }
            if let entity = missing {
                let (value, offset) = try await read(entity)
                known[entity] = .some(value)
                seen = [seen, offset].compactMap(\.self).min()
                continue
            }
            switch write {
            case .nothing: return .nothing
            case .waits: return .waits
            case .checkout:
                return try await sendCheckout(seen: seen, key: key, deliveries: deliveries)
            case .event(let operations):
                return try await send(operations, seen: seen, key: key, deliveries: deliveries)
            }
        }
    }

    private func read(
        _ entity: EntityID
    ) async throws(ReplayFailure) -> (value: Value?, offset: Offset?) {
        let call = SyncCall(
            .get, path(entity),
            headers: ["accept": "application/json", "authorization": "Bearer \(token)"])
        let reply = try await request(call)
        switch reply.status {
        case 200:
            guard let value = PlainJSON.value(reply.body) else {
                throw ReplayFailure(.unexpectedAnswer, "\(call.path) is not JSON of whole numbers")
            }
            let offset = reply.headers["baton-offset"].flatMap { UInt64($0) }
            return (value, offset.map { Offset(rawValue: $0) })
        case 404: return (nil, nil)
        default: throw Self.failure(reply, call)
        }
    }

    /// A write at each entity's own address, the last one first: an order that was placed twice
    /// while its cart was not emptied yet is one order, a cart that was emptied for nothing is lost.
    private func send(
        _ operations: [FieldOperation], seen: Offset?, key: String, deliveries: Int
    ) async throws(ReplayFailure) -> Outcome {
        var entities: [EntityID] = []
        for operation in operations where !entities.contains(operation.entity) {
            entities.append(operation.entity)
        }
        var dots: [Dot] = []
        for (index, entity) in entities.reversed().enumerated() {
            var message = Baton_V1_WriteRequest()
            message.operations = operations.filter { $0.entity == entity }.map(\.message)
            message.channel = device.channel.description
            if let seen { message.seen = seen.rawValue }
            let outcome = try await post(
                to: path(entity), key: index == 0 ? key : "\(key)-\(index)",
                deliveries: deliveries
            ) { try Protobuf.encodeJSON(message) }
            guard case .written(let written) = outcome else { return outcome }
            dots += written
        }
        return dots.isEmpty ? .nothing : .written(dots)
    }

    /// The checkout call, whose operations and order's name the server makes.
    private func sendCheckout(
        seen: Offset?, key: String, deliveries: Int
    ) async throws(ReplayFailure) -> Outcome {
        var message = Baton_V1_CheckoutRequest()
        message.cart = PlainCount.cart
        message.channel = device.channel.description
        if let seen { message.seen = seen.rawValue }
        return try await post(to: streamPath + "/checkout", key: key, deliveries: deliveries) {
            try Protobuf.encodeJSON(message)
        }
    }

    private func post(
        to path: String, key: String, deliveries: Int, _ encode: () throws -> [UInt8]
    ) async throws(ReplayFailure) -> Outcome {
        let body: [UInt8]
        do {
            body = try encode()
        } catch { throw ReplayFailure(.unexpectedAnswer, "a write has no JSON", cause: "\(error)") }
        let call = SyncCall(
            .post, path,
            headers: [
                "content-type": "application/json", "accept": "application/json",
                "authorization": "Bearer \(token)", "idempotency-key": key,
            ], body: body)
        let reply = try await request(call)
        guard reply.status == 200 else {
            guard (400..<500).contains(reply.status), ![401, 403].contains(reply.status),
                let slug = Self.slug(reply)
            else { throw Self.failure(reply, call) }
            return .refused(slug)
        }
        for _ in 1..<max(1, deliveries) { _ = try await request(call) }
        guard let answer = try? ThinAnswer.read(reply), let replica = ReplicaID(answer.replica)
        else { throw ReplayFailure(.unexpectedAnswer, "\(call.path) gave no verdict") }
        return .written([Dot(replica, Counter(rawValue: answer.verdict.counter))])
    }

    /// Sends the same bytes until an answer comes.
    private func request(_ call: SyncCall) async throws(ReplayFailure) -> SyncReply {
        try await patience.attempt { () async throws(ReplayFailure) in
            do {
                let reply = try await transport.send(call)
                let isPassing = reply.status >= 500 || [408, 429].contains(reply.status)
                return isPassing ? .passing("status \(reply.status)") : .done(reply)
            } catch { return .passing("\(error)") }
        }
    }

    private var streamPath: String {
        "/v1/streams/\(PathPart.escape(device.stream.description))"
    }

    private func path(_ entity: EntityID) -> String {
        "\(streamPath)/entities/\(PathPart.escape(entity.type))/\(PathPart.escape(entity.id))"
    }

    private static func slug(_ reply: SyncReply) -> String? {
        let problem = try? JSONDecoder().decode(Problem.self, from: Data(reply.body))
        return problem?.type.split(separator: ":").last.map(String.init)
    }

    static func failure(_ reply: SyncReply, _ call: SyncCall) -> ReplayFailure {
        let cause = String(decoding: reply.body.prefix(300), as: UTF8.self)
        return [401, 403].contains(reply.status)
            ? ReplayFailure(
                .accessDenied,
                "the server takes no such token: it must be of role service and cover all "
                    + "streams (baton token)", cause: cause)
            : ReplayFailure(
                .unexpectedAnswer,
                "\(call.method.rawValue) \(call.path) was answered with status \(reply.status)",
                cause: cause)
    }
}

/// A part of a path, percent-encoded where a name has letters that paths may not have.
enum PathPart {
    static func escape(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) ?? text
    }
}
