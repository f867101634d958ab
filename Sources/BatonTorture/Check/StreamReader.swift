import BatonCore
import BatonSync
import BatonWire

/// Why a stream could not be read.
struct UnreadableStream: Error {
    let status: Int?
    let text: String
}

/// Reads streams over HTTP.
struct StreamReader: Sendable {
    let network: any SyncTransport
    let token: String

    /// The next page of a stream's log; `nil` where there is no such stream.
    func page(of stream: StreamID, after cursor: String) async throws(UnreadableStream)
        -> Baton_V1_PullResponse?
    {
        try await get(
            Baton_V1_PullResponse.self,
            "/v1/streams/\(stream)/events" + (cursor.isEmpty ? "" : "?after=\(cursor)"))
    }

    /// The state hash of a stream's snapshot; `nil` where there is no such stream.
    func stateHash(of stream: StreamID) async throws(UnreadableStream) -> String? {
        try await get(Baton_V1_Snapshot.self, "/v1/streams/\(stream)/snapshot")?.stateHash
    }

    private func get<Message: Readable>(_ type: Message.Type, _ path: String)
        async throws(UnreadableStream) -> Message?
    {
        let call = SyncCall(
            .get, path,
            headers: ["accept": "application/x-protobuf", "authorization": "Bearer \(token)"])
        let reply: SyncReply
        do {
            reply = try await network.send(call)
        } catch {
            throw UnreadableStream(status: nil, text: "GET \(path): \(error)")
        }
        switch reply.status {
        case 200:
            do {
                return try Message.read(reply.body)
            } catch { throw UnreadableStream(status: 200, text: "GET \(path): \(error)") }
        case 404: return nil
        default:
            let problem = ProblemText(reply)
            throw UnreadableStream(
                status: reply.status,
                text: "GET \(path) was answered \(reply.status): \(problem.detail)")
        }
    }
}

/// A message that comes as a whole answer.
protocol Readable {
    static func read(_ bytes: [UInt8]) throws(WireFailure) -> Self
}

extension Baton_V1_PullResponse: Readable {
    static func read(_ bytes: [UInt8]) throws(WireFailure) -> Self {
        try Protobuf.decode(Self.self, from: bytes)
    }
}

extension Baton_V1_Snapshot: Readable {
    static func read(_ bytes: [UInt8]) throws(WireFailure) -> Self {
        try Protobuf.decode(Self.self, from: bytes)
    }
}
