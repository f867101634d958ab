import BatonCore
import BatonSync
import BatonWire
import Synchronization

/// A server over dictionaries that keeps to the protocol, with faults on order.
///
/// It speaks through the transport seam, so what a client sends and reads is the wire's bytes.
final class ScriptedServer: SyncTransport {
    /// What goes wrong, and what the server is told to believe.
    struct Script: Sendable {
        /// The server's clock.
        var now: Int64 = 1_760_000_000_000
        /// The next so many requests are carried out, and their answers lost.
        var lostAnswers = 0
        /// The next requests are answered so instead of being carried out.
        var replies: [SyncReply] = []
        /// The next requests do not reach the server.
        var unreachable = 0
        /// Why an event is refused for good.
        var refuse: @Sendable (Event) -> Refusal? = { _ in nil }
        /// At most so many entries in a pull.
        var pageSize = 1_000
        /// The next so many state hashes are wrong.
        var wrongHashes = 0
        /// The next so many snapshots lack an entity that their hash is of.
        var damagedSnapshots = 0
        /// Cursors of other epochs are not understood.
        var epoch = "a"
        /// Bodies above so many bytes are too large.
        var bodyLimit = 1 << 20
        /// Clock drift that is allowed.
        var drift: Int64 = 60_000
        /// Held until it ends, where set: a request waits for it.
        var hold: (@Sendable () async -> Void)?
    }

    /// One stream's log.
    struct Log: Sendable {
        struct Place: Sendable {
            let dot: Dot
            /// Of the event, or of the void record.
            let stored: [UInt8]
            /// As it was pushed.
            let pushed: [UInt8]
            let entry: Entry
        }

        var places: [Place] = []
        var state = StreamState()
        var horizon: UInt64 = 0
        var live: [AsyncThrowingStream<[UInt8], any Error>.Continuation] = []
    }

    struct State: Sendable {
        var script = Script()
        var logs: [String: Log] = [:]
        var calls: [SyncCall] = []
    }

    let state = Mutex(State())

    func script<Result: Sendable>(_ body: (inout Script) -> Result) -> Result {
        state.withLock { body(&$0.script) }
    }

    func log(_ stream: String) -> Log { state.withLock { $0.logs[stream] ?? Log() } }

    var callCount: Int { state.withLock { $0.calls.count } }

    /// Folds the front of a log away: who stands before its end gets a snapshot.
    func compact(_ stream: String) {
        state.withLock { state in
            let head = state.logs[stream]?.state.offset.rawValue ?? 0
            state.logs[stream]?.horizon = head
        }
    }

    /// Forgets the last entries of a log, as a restored backup does.
    func truncate(_ stream: String, to count: Int, epoch: String) {
        state.withLock { state in
            guard let places = state.logs[stream]?.places.prefix(count) else { return }
            var log = Log()
            for place in places { log.append(place) }
            state.logs[stream] = log
            state.script.epoch = epoch
        }
    }

    /// Ends all live connections.
    func cutLive(_ stream: String) {
        let live = state.withLock { state in
            defer { state.logs[stream]?.live = [] }
            return state.logs[stream]?.live ?? []
        }
        for connection in live { connection.finish() }
    }

    func send(_ call: SyncCall) async throws(TransportFailure) -> SyncReply {
        let hold = state.withLock { $0.script.hold }
        await hold?()
        let reply: SyncReply? = state.withLock { state in
            state.calls.append(call)
            if state.script.unreachable > 0 {
                state.script.unreachable -= 1
                return nil
            }
            if !state.script.replies.isEmpty { return state.script.replies.removeFirst() }
            let reply = state.answer(call)
            if state.script.lostAnswers > 0 {
                state.script.lostAnswers -= 1
                return nil
            }
            return reply
        }
        guard let reply else { throw TransportFailure(.unreachable, "cut by the script") }
        return reply
    }

    func open(_ call: SyncCall) async throws(TransportFailure) -> LiveReply {
        state.withLock { state in
            state.calls.append(call)
            let (body, writer) = AsyncThrowingStream.makeStream(of: [UInt8].self)
            let stream = String(call.path.split(separator: "/")[2])
            let after = call.path.split(separator: "=").last.map(String.init) ?? ""
            let cursor = call.path.contains("after=") ? after : ""
            if case .success(let pull) = state.pull(stream, after: cursor, replica: nil) {
                writer.yield(Self.event(pull))
            }
            state.logs[stream, default: Log()].live.append(writer)
            return LiveReply(status: 200, body: body)
        }
    }

    static func event(_ pull: Baton_V1_PullResponse) -> [UInt8] {
        let json = (try? Protobuf.encodeJSON(pull)) ?? []
        return Array(":\n\nid: \(pull.cursor)\nevent: pull\ndata: ".utf8) + json
            + Array("\n\n".utf8)
    }

    static func problem(
        _ status: Int, _ slug: String, headers: [String: String] = [:]
    ) -> SyncReply {
        let body = """
            {"type": "urn:baton:problem:\(slug)", "title": "t", "status": \(status), \
            "detail": "as scripted", "counter": "7"}
            """
        return SyncReply(status: status, headers: headers, body: Array(body.utf8))
    }
}

extension ScriptedServer.Log {
    mutating func append(_ place: Place) {
        places.append(place)
        state.apply(
            place.entry, at: Offset(rawValue: UInt64(places.count)), schemas: BuiltinSchemas.all)
    }
}
