import BatonCore
import BatonSync
import BatonWire
import Foundation
import SwiftProtobuf
import Testing

@testable import BatonTorture

@Suite struct WitnessTransportTests {
    /// Answers every call in one way.
    private struct Network: SyncTransport {
        let reply: SyncReply?

        func send(_ call: SyncCall) async throws(TransportFailure) -> SyncReply {
            guard let reply else { throw TransportFailure(.unreachable, "gone") }
            return reply
        }

        func open(_ call: SyncCall) async throws(TransportFailure) -> LiveReply {
            throw TransportFailure(.unreachable, "gone")
        }
    }

    private func record() throws -> AcknowledgementRecord {
        let path = FileManager.default.temporaryDirectory.path + "/record-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try AcknowledgementRecord(path: path)
    }

    private let replica = ReplicaID(high: 7, low: 7)

    private var call: SyncCall {
        let request = Baton_V1_SyncRequest.with {
            $0.streams = [
                .with { stream in
                    stream.stream = "cust-1"
                    stream.push.replica = replica.description
                    stream.push.counter = 4
                    stream.push.events = (1...3).map { time in .with { $0.time = time } }
                }
            ]
        }
        return SyncCall(.post, "/v1/sync", body: Protobuf.encode(request))
    }

    private func answer(_ outcomes: [Baton_V1_Verdict.Outcome]) -> SyncReply {
        let answer = Baton_V1_SyncResponse.with {
            $0.streams = [
                .with { result in
                    result.pushed.verdicts = outcomes.enumerated().map { index, outcome in
                        .with {
                            $0.counter = 4 + UInt64(index)
                            $0.outcome = outcome
                            $0.code = outcome == .refused ? "gap" : ""
                        }
                    }
                }
            ]
        }
        return SyncReply(status: 200, body: Protobuf.encode(answer))
    }

    @Test func `What an answer accepts or knows is recorded, what it refuses is not`() async throws
    {
        let record = try record()
        let tally = AnswerTally()
        let witness = WitnessTransport(
            network: Network(reply: answer([.accepted, .duplicate, .refused])), record: record,
            tally: tally)
        _ = try await witness.send(call)
        let stream = try StreamID("cust-1")
        let dots = record.takeUnchecked(of: stream).map(\.dot)
        #expect(dots == [4, 5].map { Dot(replica, Counter(rawValue: $0)) })
        #expect(record.takeUnchecked(of: stream).isEmpty)
        #expect(record.counts == (2, 0))
        #expect(tally.problems == ["gap": 1] && tally.answers == 1)
    }

    @Test func `Without an answer, or with a problem, nothing is recorded`() async throws {
        let record = try record()
        let tally = AnswerTally()
        let silent = WitnessTransport(network: Network(reply: nil), record: record, tally: tally)
        await #expect(throws: TransportFailure.self) { try await silent.send(call) }
        let problem = #"{"type":"urn:baton:problem:overloaded","detail":"later"}"#
        let full = WitnessTransport(
            network: Network(reply: SyncReply(status: 503, body: Array(problem.utf8))),
            record: record, tally: tally)
        _ = try await full.send(call)
        #expect(record.counts == (0, 0))
        #expect(tally.problems == ["overloaded": 1] && tally.unanswered == 1)
        #expect(tally.findings(expected: ["overloaded"], place: "here").isEmpty)
        #expect(tally.findings(expected: [], place: "here").map(\.kind) == [.answer])
    }

    @Test func `A mark is read as it is written, and nothing else is a mark`() {
        #expect(Mark(Mark(writer: 3, number: 77).description) == Mark(writer: 3, number: 77))
        #expect(Mark("m3") == nil && Mark("note") == nil && Mark("m3-x") == nil)
    }
}
