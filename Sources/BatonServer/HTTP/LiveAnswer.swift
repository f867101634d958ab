import BatonCore
import BatonLog
import BatonWire
import Hummingbird
import NIOCore
import ServiceLifecycle

/// A live answer: what came after the cursors, then what comes, as server-sent events.
///
/// Nothing is buffered for a slow client: it holds a cursor, and each time it has taken what was
/// written, the log is read on from there (specification section 9.5).
struct LiveAnswer: Sendable {
    let service: StreamService
    /// What all answers together may hold.
    let answers: ByteBudget
    let keys: [StreamKey]
    /// Where each stream stands, by the order of `keys`.
    let cursors: [String]
    /// Several streams: each event names its stream, and its id holds all cursors.
    let isCombined: Bool

    /// Writes until the client goes or the server stops.
    @concurrent func write(to writer: inout any ResponseBodyWriter) async throws {
        let (ticks, continuation) = AsyncStream<Void>.makeStream(
            bufferingPolicy: .bufferingNewest(1))
        let appends = service.engine.appends(to: Set(keys))
        let heartbeat = Duration.seconds(service.limits.heartbeatSeconds)
        let feeder = Task {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { for await _ in appends { continuation.yield() } }
                group.addTask {
                    while (try? await Task.sleep(for: heartbeat)) != nil { continuation.yield() }
                }
                await group.next()
                group.cancelAll()
            }
            // The log was closed: no more will come.
            continuation.finish()
        }
        defer { feeder.cancel() }
        try await write(ticks: ticks, to: &writer)
        try await writer.finish(nil)
    }

    @concurrent private func write(
        ticks: AsyncStream<Void>, to writer: inout any ResponseBodyWriter
    ) async throws {
        var cursors = cursors
        try await writer.write(ByteBuffer(string: "retry: 2000\n\n"))
        _ = try await catchUp(&cursors, to: &writer)
        for await _ in ticks.cancelOnGracefulShutdown() {
            if try await catchUp(&cursors, to: &writer) { continue }
            try await writer.write(ByteBuffer(string: ": still here\n\n"))
        }
    }

    /// Writes all that is new; whether there was anything.
    @concurrent private func catchUp(
        _ cursors: inout [String], to writer: inout any ResponseBodyWriter
    ) async throws -> Bool {
        var wroteAny = false
        for (index, key) in keys.enumerated() {
            while true {
                let pulled = try await service.pull(
                    key, after: cursors[index], limit: 0, bytes: service.limits.bytesPerLive)
                guard !pulled.isEmpty else { break }
                cursors[index] = pulled.message.cursor
                var data = try Protobuf.encodeJSON(pulled.decoded())
                if isCombined {
                    data =
                        Array("{\"stream\":\"\(key.stream)\",\"pulled\":".utf8) + data
                        + [UInt8(ascii: "}")]
                }
                var buffer = ByteBuffer(string: "id: \(id(cursors))\nevent: pull\ndata: ")
                buffer.writeBytes(data)
                buffer.writeString("\n\n")
                try await write(buffer, to: &writer)
                wroteAny = true
                if !pulled.message.more { break }
            }
        }
        return wroteAny
    }

    /// Writes a message once there is room for it among the answers.
    @concurrent private func write(
        _ message: ByteBuffer, to writer: inout any ResponseBodyWriter
    ) async throws {
        while !answers.take(message.readableBytes) { try await Task.sleep(for: Self.roomPause) }
        defer { answers.giveBack(message.readableBytes) }
        try await writer.write(message)
    }

    /// How long to wait before looking for room again.
    private static let roomPause = Duration.milliseconds(50)

    private func id(_ cursors: [String]) -> String {
        guard isCombined else { return cursors[0] }
        return zip(keys, cursors).map { "\($0.stream)=\($1)" }.joined(separator: ",")
    }

    /// The cursors of a combined id, by stream. Names hold neither `=` nor `,`.
    static func cursors(ofCombined id: String) -> [String: String] {
        var cursors: [String: String] = [:]
        for part in id.split(separator: ",") {
            let pair = part.split(separator: "=", maxSplits: 1)
            if pair.count == 2 { cursors[String(pair[0])] = String(pair[1]) }
        }
        return cursors
    }
}
