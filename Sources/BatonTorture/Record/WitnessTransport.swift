import BatonCore
import BatonSync
import BatonWire
import Foundation

/// Carries a client's calls and reads along: what the server says it has taken goes into the record
/// before the client hears of it.
struct WitnessTransport: SyncTransport {
    let network: any SyncTransport
    let record: AcknowledgementRecord
    let tally: AnswerTally

    func send(_ call: SyncCall) async throws(TransportFailure) -> SyncReply {
        let reply: SyncReply
        do {
            reply = try await network.send(call)
        } catch {
            tally.countUnanswered()
            throw error
        }
        tally.countAnswer()
        guard reply.status == 200 else {
            let problem = ProblemText(reply)
            tally.count(problem: problem.type, detail: problem.detail)
            return reply
        }
        if call.path == "/v1/sync" { note(reply, to: call) }
        return reply
    }

    func open(_ call: SyncCall) async throws(TransportFailure) -> LiveReply {
        try await network.open(call)
    }

    private func note(_ reply: SyncReply, to call: SyncCall) {
        guard let request = try? Protobuf.decode(Baton_V1_SyncRequest.self, from: call.body),
            let answer = try? Protobuf.decode(Baton_V1_SyncResponse.self, from: reply.body)
        else {
            tally.count(problem: "unreadable-answer", detail: "a 200 whose body is no sync answer")
            return
        }
        for (asked, result) in zip(request.streams, answer.streams) {
            if result.hasProblem {
                tally.count(problem: result.problem.type, detail: result.problem.detail)
            }
            guard asked.hasPush, let stream = try? StreamID(asked.stream),
                let replica = ReplicaID(asked.push.replica)
            else { continue }
            var acknowledged: [Acknowledgement] = []
            for (event, verdict) in zip(asked.push.events, result.pushed.verdicts) {
                switch verdict.outcome {
                case .accepted, .duplicate:
                    let fingerprint = Fingerprint(of: event)
                    acknowledged.append(
                        Acknowledgement(
                            stream: stream,
                            dot: Dot(replica, Counter(rawValue: verdict.counter)),
                            digest: fingerprint.digest, mark: fingerprint.mark))
                default: tally.count(problem: verdict.code, detail: verdict.reason)
                }
            }
            record.note(acknowledged)
        }
    }
}

/// What a problem answer says.
struct ProblemText: Decodable {
    let type: String
    let detail: String

    private enum CodingKeys: CodingKey { case type, detail }

    init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        type = try values.decode(String.self, forKey: .type)
        detail = try values.decodeIfPresent(String.self, forKey: .detail) ?? ""
    }

    /// Reads an answer; one that is no problem document counts by its status.
    init(_ reply: SyncReply) {
        if let read = try? JSONDecoder().decode(ProblemText.self, from: Data(reply.body)) {
            self = read
        } else {
            type = "status-\(reply.status)"
            detail = String(decoding: reply.body.prefix(200), as: UTF8.self)
        }
    }
}
