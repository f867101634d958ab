import BatonCore
import BatonLog
import BatonServer
import BatonWire

/// A request as it goes over the simulated network.
enum ServerCall: Sendable {
    /// An encoded sync request.
    case sync([UInt8])
    case snapshot(StreamID)
    case entity(StreamID, EntityID)
    case write(StreamID, EntityID, Baton_V1_WriteRequest, key: String)
    /// The next message of a live connection.
    case live(StreamID, after: String, ReplicaID)
    /// The adoption of the first stream into the second.
    case adopt(StreamID, into: StreamID)
    /// The schemas in force.
    case schemas
}

/// An answer as it goes over the simulated network.
enum ServerReply: Sendable {
    /// An encoded sync answer.
    case synced([UInt8])
    case snapshot(Baton_V1_Snapshot)
    case entity(Value?, Offset)
    case written(Baton_V1_WriteResponse)
    case live(Baton_V1_PullResponse)
    case adopted(Baton_V1_AdoptResponse)
    /// The schemas, as their documents.
    case schemas([UInt8])
    /// `movedTo`: the stream to write to instead, where the problem names one.
    case problem(Problem.Slug, String, movedTo: StreamID?)
}

extension ServerCall {
    /// What the real service answers.
    func answer(of service: StreamService, to caller: Principal) async -> ServerReply {
        do throws(Problem) {
            switch self {
            case .sync(let bytes):
                let incoming = try Self.read(bytes)
                return .synced(service.encoded(await service.synced(incoming, by: caller)))
            case .snapshot(let stream):
                let key = try service.key(stream.description, for: caller)
                return .snapshot(try await service.snapshot(key))
            case .entity(let stream, let id):
                let key = try service.key(stream.description, for: caller)
                let (value, offset) = try await service.entity(id, of: key, at: nil)
                return .entity(value, offset)
            case .write(let stream, let entity, let request, let name):
                let key = try service.key(stream.description, for: caller)
                let write = ThinWrite(
                    entity: entity, request: request, idempotencyKey: name,
                    digest: Protobuf.encode(request))
                return .written(try await service.write(write, to: key, by: caller))
            case .live(let stream, let after, let replica):
                let key = try service.key(stream.description, for: caller)
                let pulled = try await service.pull(key, after: after, limit: 0, replica: replica)
                return .live(try Self.decoded(pulled))
            case .adopt(let source, let target):
                let keys = (
                    try service.key(source.description, for: caller),
                    try service.key(target.description, for: caller)
                )
                return .adopted(
                    try await service.adopt(keys.0, into: keys.1, channel: Self.shopChannel))
            case .schemas: return .schemas(service.schemas[caller.tenant].set.document)
            }
        } catch {
            return .problem(error.slug, error.detail, movedTo: Self.target(of: error))
        }
    }

    private static var shopChannel: ChannelName {
        do {
            return try ChannelName("shop")
        } catch {
            preconditionFailure("shop is \(error)")
        }
    }

    private static func target(of problem: Problem) -> StreamID? {
        guard let quoted = problem.members["movedTo"] else { return nil }
        return try? StreamID(String(decoding: quoted.dropFirst().dropLast(), as: UTF8.self))
    }

    private static func read(_ bytes: [UInt8]) throws(Problem) -> IncomingSync {
        do {
            return try IncomingSync(protobuf: bytes)
        } catch { throw Problem(error) }
    }

    private static func decoded(_ pulled: Pulled) throws(Problem) -> Baton_V1_PullResponse {
        do {
            return try pulled.decoded()
        } catch { throw Problem(error) }
    }
}
