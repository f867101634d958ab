import BatonSync
import Synchronization

/// The network of one client of the demo, which can be cut and mended. A cut ends live connections,
/// and loses the answers that are on their way.
final class DemoNetwork: SyncTransport {
    private typealias Pipe = AsyncThrowingStream<[UInt8], any Error>.Continuation

    private struct State {
        var cutAt: Int64?
        var pipes: [Int: Pipe] = [:]
        var nextPipe = 0
    }

    /// Pieces of a live answer that wait for a slow reader; with more the connection ends, and the
    /// client makes a new one.
    private static let longestQueue = 256

    private let server: any SyncTransport
    private let state = Mutex(State())

    init(to server: any SyncTransport) { self.server = server }

    /// Since when nothing passes: milliseconds since 1970.
    var cutAt: Int64? { state.withLock { $0.cutAt } }

    /// Nothing passes from now on. A network that is cut already stays cut since then.
    func cut(at now: Int64) {
        let pipes = state.withLock { state in
            state.cutAt = state.cutAt ?? now
            defer { state.pipes = [:] }
            return state.pipes
        }
        for pipe in pipes.values { pipe.finish(throwing: Self.failure) }
    }

    /// All is well again.
    func mend() { state.withLock { $0.cutAt = nil } }

    func send(_ call: SyncCall) async throws(TransportFailure) -> SyncReply {
        try requireWhole()
        let reply = try await server.send(call)
        try requireWhole()
        return reply
    }

    func open(_ call: SyncCall) async throws(TransportFailure) -> LiveReply {
        try requireWhole()
        let reply = try await server.open(call)
        let (body, pipe) = AsyncThrowingStream<[UInt8], any Error>.makeStream(
            bufferingPolicy: .bufferingOldest(Self.longestQueue))
        let key: Int? = state.withLock { state in
            guard state.cutAt == nil else { return nil }
            state.nextPipe += 1
            state.pipes[state.nextPipe] = pipe
            return state.nextPipe
        }
        guard let key else { throw Self.failure }
        let relay = Task { [weak self] in
            await Self.relay(reply.body, into: pipe)
            self?.forget(key)
        }
        pipe.onTermination = { _ in relay.cancel() }
        return LiveReply(status: reply.status, headers: reply.headers, body: body)
    }

    private static func relay(
        _ body: AsyncThrowingStream<[UInt8], any Error>, into pipe: Pipe
    ) async {
        do {
            for try await piece in body {
                guard case .enqueued = pipe.yield(piece) else { throw failure }
            }
            pipe.finish()
        } catch {
            pipe.finish(throwing: error)
        }
    }

    private func forget(_ key: Int) { state.withLock { $0.pipes[key] = nil } }

    private func requireWhole() throws(TransportFailure) {
        guard cutAt == nil else { throw Self.failure }
    }

    private static let failure = TransportFailure(.unreachable, "the network is cut")
}
