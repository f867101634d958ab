import Testing

@testable import BatonSync

@Suite struct `Server-sent events` {
    private let body =
        ":\r\n\r\nid: a.1\nevent: pull\ndata: {\"x\":\ndata:1}\n\nevent: other\n\ndata\n\n"

    @Test(arguments: [1, 2, 3, 7, 1_000])
    func `Events are read from pieces of any size`(size: Int) throws {
        var reader = ServerSentEventReader()
        var events: [ServerSentEvent] = []
        let bytes = Array(body.utf8)
        for start in stride(from: 0, to: bytes.count, by: size) {
            events += try reader.read(Array(bytes[start..<min(start + size, bytes.count)]))
        }
        #expect(
            events == [
                ServerSentEvent(kind: "pull", data: Array("{\"x\":\n1}".utf8), id: "a.1"),
                ServerSentEvent(kind: "message", data: [], id: "a.1"),
            ])
    }

    @Test func `An event that never ends is cut off`() {
        var reader = ServerSentEventReader()
        let piece = [UInt8](repeating: 65, count: SyncLimits.liveEventBytes + 1)
        #expect(throws: TransportFailure.self) { try reader.read(piece) }
    }
}
