import BatonSync
import BatonWire
import Synchronization
import Testing

@testable import BatonReplay

@Suite struct FaultyTransportTests {
    /// Takes every write; the first time as accepted, then as a duplicate.
    private final class Server: SyncTransport {
        let calls = Mutex<[SyncCall]>([])

        func send(_ call: SyncCall) async throws(TransportFailure) -> SyncReply {
            let isKnown = calls.withLock { calls in
                defer { calls.append(call) }
                return calls.contains(call)
            }
            var verdict = Baton_V1_Verdict()
            verdict.outcome = isKnown ? .duplicate : .accepted
            var stream = Baton_V1_StreamSyncResult()
            stream.pushed.verdicts = [verdict]
            var answer = Baton_V1_SyncResponse()
            answer.streams = [stream]
            return SyncReply(status: 200, body: Protobuf.encode(answer))
        }

        func open(_ call: SyncCall) async throws(TransportFailure) -> LiveReply {
            throw TransportFailure(.unreachable, "nothing is live here")
        }

        var delivered: [SyncCall] { calls.withLock { $0 } }
    }

    private func call(_ number: UInt8) -> SyncCall {
        SyncCall(.post, "/v1/sync", body: [number])
    }

    @Test func `What the client sees and what the server gets go with the fault that is counted`()
        async throws
    {
        let server = Server()
        let tally = NetworkTally()
        let transport = FaultyTransport(
            server, dice: Dice(seed: 3), tally: tally, isFaulty: true)
        var answered = 0
        for number in 0..<200 {
            answered += (try? await transport.send(call(UInt8(number)))) == nil ? 0 : 1
        }
        let faults = tally.counts.faults
        for fault in NetworkFault.allCases { #expect((faults[fault] ?? 0) > 0, "\(fault)") }
        func count(_ kinds: NetworkFault...) -> Int { kinds.reduce(0) { $0 + (faults[$1] ?? 0) } }
        #expect(answered == 200 - count(.lostRequest, .lostAnswer))
        let extra = count(
            .duplicateWithFirstAnswer, .duplicateWithSecondAnswer, .lateRepeat)
        #expect(server.delivered.count == 200 - count(.lostRequest) + extra)
        #expect(tally.counts.duplicates == extra)
        #expect(tally.counts.requests == server.delivered.count)
    }

    @Test func `Healed, it delivers everything once`() async throws {
        let server = Server()
        let transport = FaultyTransport(
            server, dice: Dice(seed: 3), tally: NetworkTally(), isFaulty: true)
        transport.heal()
        for number in 0..<200 { _ = try await transport.send(call(UInt8(number))) }
        #expect(server.delivered.count == 200)
    }

    @Test func `A write can be delivered again, as it was`() async throws {
        let server = Server()
        let transport = FaultyTransport(
            server, dice: Dice(seed: 1), tally: NetworkTally(), isFaulty: false)
        #expect(try await !transport.deliverAgain())
        _ = try await transport.send(call(1))
        #expect(try await transport.deliverAgain())
        #expect(server.delivered == [call(1), call(1)])
    }
}
