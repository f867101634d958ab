import BatonSync
import Testing

@testable import baton

@Suite struct DemoNetworkTests {
    /// A server whose live answer goes on until it is told to stop.
    private struct Silent: SyncTransport {
        func send(_ call: SyncCall) async throws(TransportFailure) -> SyncReply {
            SyncReply(status: 200)
        }
        func open(_ call: SyncCall) async throws(TransportFailure) -> LiveReply {
            let (body, pipe) = AsyncThrowingStream<[UInt8], any Error>.makeStream()
            pipe.yield([1])
            return LiveReply(status: 200, body: body)
        }
    }

    private static let call = SyncCall(.get, "/")

    @Test func `A cut ends a live connection, and nothing passes until it is mended`() async throws
    {
        let network = DemoNetwork(to: Silent())
        var pieces = try await network.open(Self.call).body.makeAsyncIterator()
        #expect(try await pieces.next() == [1])
        network.cut(at: 5)
        network.cut(at: 9)
        #expect(network.cutAt == 5)
        await #expect(throws: TransportFailure.self) { try await pieces.next() }
        await #expect(throws: TransportFailure.self) { try await network.send(Self.call) }
        await #expect(throws: TransportFailure.self) { try await network.open(Self.call) }
        network.mend()
        #expect(try await network.send(Self.call).status == 200)
    }
}
