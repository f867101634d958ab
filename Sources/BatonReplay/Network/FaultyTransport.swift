import BatonSync
import BatonWire
import Synchronization

/// The network between one device and the server: delivers, loses and repeats.
///
/// Which fault strikes which request depends on the dice alone, so the same seed makes the same
/// faults as long as the requests are the same.
final class FaultyTransport: SyncTransport {
    private struct State {
        var isFaulty: Bool
        var lastWrite: SyncCall?
    }

    private let network: any SyncTransport
    private let dice: Dice
    private let tally: NetworkTally
    private let state: Mutex<State>

    init(_ network: any SyncTransport, dice: Dice, tally: NetworkTally, isFaulty: Bool) {
        self.network = network
        self.dice = dice
        self.tally = tally
        state = Mutex(State(isFaulty: isFaulty))
    }

    /// Ends all faults.
    func heal() { state.withLock { $0.isFaulty = false } }

    /// Delivers the last write that arrived once more, as a sender does that delivers at least once.
    /// False if none has arrived.
    func deliverAgain() async throws(TransportFailure) -> Bool {
        guard let call = state.withLock({ $0.lastWrite }) else { return false }
        _ = try await deliver(call)
        return true
    }

    func send(_ call: SyncCall) async throws(TransportFailure) -> SyncReply {
        let fault = state.withLock { $0.isFaulty } ? NetworkFault.draw(dice) : nil
        switch fault {
        case nil: return try await deliver(call)
        case .lostRequest?:
            tally.count(.lostRequest)
            throw TransportFailure(.unreachable, "the replay's network lost the request")
        case .lostAnswer?:
            _ = try await deliver(call)
            tally.count(.lostAnswer)
            throw TransportFailure(.timedOut, "the replay's network lost the answer")
        case .duplicateWithFirstAnswer?:
            let answer = try await deliver(call)
            _ = try await deliver(call)
            tally.count(.duplicateWithFirstAnswer)
            return answer
        case .duplicateWithSecondAnswer?:
            _ = try await deliver(call)
            tally.count(.duplicateWithSecondAnswer)
            return try await deliver(call)
        case .lateRepeat?:
            if try await deliverAgain() { tally.count(.lateRepeat) }
            return try await deliver(call)
        }
    }

    func open(_ call: SyncCall) async throws(TransportFailure) -> LiveReply {
        try await network.open(call)
    }

    private func deliver(_ call: SyncCall) async throws(TransportFailure) -> SyncReply {
        tally.countRequest()
        let reply: SyncReply
        do {
            reply = try await network.send(call)
        } catch {
            tally.countUnanswered()
            throw error
        }
        guard call.method == .post, reply.status == 200 else { return reply }
        let verdicts = Self.verdicts(in: reply, to: call)
        guard !verdicts.isEmpty else { return reply }
        tally.count(duplicates: verdicts.count { $0.outcome == .duplicate })
        state.withLock { $0.lastWrite = call }
        return reply
    }

    private static func verdicts(in reply: SyncReply, to call: SyncCall) -> [Baton_V1_Verdict] {
        guard call.path == "/v1/sync" else {
            return (try? ThinAnswer.read(reply)).map { [$0.verdict] } ?? []
        }
        let answer = try? Protobuf.decode(Baton_V1_SyncResponse.self, from: reply.body)
        return answer?.streams.flatMap(\.pushed.verdicts) ?? []
    }
}
