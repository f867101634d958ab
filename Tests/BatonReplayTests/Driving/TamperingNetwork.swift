import BatonSync
import BatonWire
import Synchronization

@testable import BatonReplay

/// A network that cheats, so that tests see whether the checks find it.
final class TamperingNetwork: SyncTransport {
    /// How it cheats, once.
    enum Fraud: Sendable {
        /// Answers a thin client's write as accepted, and delivers it nowhere.
        case swallowsThinWrite
        /// Delivers a thin client's write a second time, under another key.
        case repeatsThinWriteAsNew
        /// Changes the times of events on their way to one device, with no state hash by which to
        /// notice.
        case changesPulledEvents
    }

    private let network: any SyncTransport
    private let fraud: Fraud
    private let isDone = Mutex(false)
    private let victim = Mutex<String?>(nil)

    init(_ network: any SyncTransport, _ fraud: Fraud) {
        self.network = network
        self.fraud = fraud
    }

    func open(_ call: SyncCall) async throws(TransportFailure) -> LiveReply {
        try await network.open(call)
    }

    func send(_ call: SyncCall) async throws(TransportFailure) -> SyncReply {
        let isThinWrite = call.headers["idempotency-key"] != nil
        switch fraud {
        case .swallowsThinWrite where isThinWrite && isFirst():
            let answer =
                #"{"verdict":{"counter":"999","outcome":"ACCEPTED","offset":"1"},"#
                + #""replica":"0000000000000000000000000000000e","head":"1"}"#
            return SyncReply(status: 200, body: Array(answer.utf8))
        case .repeatsThinWriteAsNew where isThinWrite && isFirst():
            var second = call
            second.headers["idempotency-key"] = "another"
            _ = try await network.send(second)
        case .changesPulledEvents where call.path == "/v1/sync":
            return try await changing(call)
        default: break
        }
        return try await network.send(call)
    }

    private func changing(_ call: SyncCall) async throws(TransportFailure) -> SyncReply {
        let reply = try await network.send(call)
        guard let ask = try? Protobuf.decode(Baton_V1_SyncRequest.self, from: call.body),
            var answer = try? Protobuf.decode(Baton_V1_SyncResponse.self, from: reply.body),
            ask.streams.first?.stream == "cust-0", answer.streams.count == 1
        else { return reply }
        let replica = ask.streams[0].replica
        for (index, batch) in answer.streams[0].pulled.batches.enumerated()
        where !batch.events.isEmpty && isVictim(replica) {
            for event in batch.events.indices {
                answer.streams[0].pulled.batches[index].events[event].time += 1
            }
        }
        // This stream's devices cannot tell.
        answer.streams[0].pulled.stateHash = ""
        return SyncReply(
            status: reply.status, headers: reply.headers, body: Protobuf.encode(answer))
    }

    /// Whether this is the first replica that was asked about.
    private func isVictim(_ replica: String) -> Bool {
        victim.withLock { victim in
            victim = victim ?? replica
            return victim == replica
        }
    }

    private func isFirst() -> Bool {
        isDone.withLock { isDone in
            defer { isDone = true }
            return !isDone
        }
    }
}
