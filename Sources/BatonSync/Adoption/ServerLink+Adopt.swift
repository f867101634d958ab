import BatonCore
import BatonWire
import SwiftProtobuf

extension ServerLink {
    /// Has one stream brought over into another (specification section 10.5). Returns whether that was
    /// not done before.
    func adopt(
        _ source: StreamID, into target: StreamID, channel: ChannelName
    ) async throws(SyncFailure) -> Bool {
        try await adoption("adopt", of: source, by: target, channel: channel)
    }

    /// Has that undone (specification section 10.9). Returns whether it was not undone before.
    func undoAdoption(
        of source: StreamID, by target: StreamID, channel: ChannelName
    ) async throws(SyncFailure) -> Bool {
        do {
            return try await adoption("adopt/undo", of: source, by: target, channel: channel)
        } catch  where error.problem == "adoption-not-found" {
            throw SyncFailure(
                .adoptionNotFound, error.message, cause: error.cause, problem: error.problem,
                stream: target)
        }
    }

    private func adoption(
        _ call: String, of source: StreamID, by target: StreamID, channel: ChannelName
    ) async throws(SyncFailure) -> Bool {
        let request = Baton_V1_AdoptRequest.with {
            $0.from = source.description
            $0.channel = channel.description
        }
        let reply: SyncReply
        do {
            reply = try await send(
                SyncCall(
                    .post, "/v1/streams/\(target)/\(call)",
                    headers: ["content-type": Self.protobuf, "accept": Self.protobuf],
                    body: Protobuf.encode(request), timeout: timeout))
        } catch  where error.problem == "stream-moved" {
            throw SyncFailure(
                .streamMoved, error.message, cause: error.cause, problem: error.problem,
                stream: source)
        }
        return try decode(Baton_V1_AdoptResponse.self, from: reply).verdict.outcome == .accepted
    }
}
