import BatonCore
import BatonLog
import BatonWire
import Hummingbird
import NIOCore

/// A live answer: what came after the cursors, then what comes, as server-sent events.
///
/// Nothing is buffered for a slow client: it holds a cursor, and each time it has taken what was
/// written, the log is read on from there (specification section 9.5).
package struct LiveAnswer: Sendable {
    let service: StreamService
    let heartbeats: Heartbeats
    let verifier: TokenVerifier
    /// What all answers together may hold.
    let answers: ByteBudget
    let keys: [StreamKey]
    /// Whose token it is: what that covers is shown, and for as long as it would be taken.
    let caller: Principal
    /// Where each stream stands, by the order of `keys`.
    let cursors: [String]
    /// Several streams: each event names its stream, and its id holds all cursors.
    let isCombined: Bool

    /// Writes until the client goes or the server stops.
    ///
    /// Between two messages there is nothing but this task, a waiter and a cursor: no other task, no
    /// timer, no buffer.
    @concurrent func write(to writer: inout any ResponseBodyWriter) async throws {
        let waiter = LiveWaiter()
        let member = heartbeats.join(waiter)
        let watch = service.engine.watch(Set(keys)) { waiter.tell($0 == .grown ? .news : .end) }
        defer {
            watch.end()
            member.leave()
        }
        var place = LivePlace(cursors: cursors)
        try await writer.write(ByteBuffer(string: "retry: 2000\n\n"))
        _ = try await catchUp(&place, waiter, to: &writer)
        waiting: while true {
            let wake = await waiter.next()
            guard mayGoOn(waiter) else { break waiting }
            switch wake {
            case .news: _ = try await catchUp(&place, waiter, to: &writer)
            case .heartbeat:
                if try await !catchUp(&place, waiter, hashing: true, to: &writer) {
                    try await writer.write(ByteBuffer(string: ": still here\n\n"))
                }
            case .end: break waiting
            }
        }
        try await writer.finish(nil)
    }

    /// Writes all that is new, and with `hashing` the hashes that were left out before; whether there
    /// was anything.
    @concurrent private func catchUp(
        _ place: inout LivePlace, _ waiter: LiveWaiter, hashing: Bool = false,
        to writer: inout any ResponseBodyWriter
    ) async throws -> Bool {
        var wroteAny = false
        for index in keys.indices {
            // Who is far behind is not shown more for it: each message is asked for.
            while mayGoOn(waiter),
                let message = try await message(index, &place, hashing: hashing)
            {
                try await write(message.text, waiter, to: &writer)
                wroteAny = true
                if !message.more { break }
            }
        }
        return wroteAny
    }

    /// Whether the caller would be let in now, and the server goes on.
    private func mayGoOn(_ waiter: LiveWaiter) -> Bool {
        !waiter.hasEnded && verifier.admits(caller)
    }

    /// The next message of a stream; `nil` where there is nothing to say.
    @concurrent private func message(
        _ index: Int, _ place: inout LivePlace, hashing: Bool
    ) async throws -> (text: ByteBuffer, more: Bool)? {
        let isOwed = hashing && place.withoutHash.contains(index)
        let pulled = try await service.pull(
            keys[index], after: place.cursors[index], limit: 0, bytes: service.limits.bytesPerLive,
            hash: isOwed ? .always : .shared, in: service.sight(of: keys[index], for: caller))
        guard !pulled.isEmpty || isOwed && !pulled.message.stateHash.isEmpty else { return nil }
        place.cursors[index] = pulled.message.cursor
        if pulled.message.stateHash.isEmpty {
            place.withoutHash.insert(index)
        } else {
            place.withoutHash.remove(index)
        }
        var data = try Protobuf.encodeJSON(pulled.decoded())
        if isCombined {
            data =
                Array("{\"stream\":\"\(keys[index].stream)\",\"pulled\":".utf8) + data
                + [UInt8(ascii: "}")]
        }
        var text = ByteBuffer(string: "id: \(id(place.cursors))\nevent: pull\ndata: ")
        text.writeBytes(data)
        text.writeString("\n\n")
        return (text, pulled.message.more)
    }

    /// Writes a message once there is room for it among the answers.
    @concurrent private func write(
        _ message: ByteBuffer, _ waiter: LiveWaiter, to writer: inout any ResponseBodyWriter
    ) async throws {
        while !answers.take(message.readableBytes) {
            // Its cursor is past what is not written: nothing may follow.
            guard mayGoOn(waiter) else { throw CancellationError() }
            try await Task.sleep(for: Self.roomPause)
        }
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
    package static func cursors(ofCombined id: String) throws(Problem) -> [String: String] {
        var cursors: [String: String] = [:]
        for part in id.split(separator: ",", omittingEmptySubsequences: false) where !id.isEmpty {
            let pair = part.split(separator: "=", omittingEmptySubsequences: false)
            guard pair.count == 2, (try? StreamID(String(pair[0]))) != nil else {
                throw Problem(
                    .invalidCursor,
                    "\"\(id.prefix(100))\" is not the id of an event of several streams; send one that "
                        + "came, or none to start from the first event")
            }
            cursors[String(pair[0])] = String(pair[1])
        }
        return cursors
    }
}

/// How far a live answer has come.
private struct LivePlace {
    /// Where each stream stands.
    var cursors: [String]
    /// Streams whose last message came without the state hash.
    var withoutHash: Set<Int> = []
}
