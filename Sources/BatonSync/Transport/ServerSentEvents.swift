/// One server-sent event.
package struct ServerSentEvent: Sendable, Hashable {
    /// The event's kind; `message` where it names none.
    var kind = "message"
    /// Its data, lines joined by line feeds.
    package var data: [UInt8] = []
    /// The id that was last given, by this event or one before it.
    var id = ""
}

/// Reads server-sent events from a body that comes in pieces
/// (https://html.spec.whatwg.org/multipage/server-sent-events.html, section 9.2.6).
package struct ServerSentEventReader: Sendable {
    private var line: [UInt8] = []
    private var endedWithReturn = false
    private var event = ServerSentEvent()
    private var hasData = false

    /// Nothing has come yet.
    package init() {}

    /// Takes a piece; returns the events that it completes. Throws where one is too large.
    package mutating func read(_ piece: [UInt8]) throws(TransportFailure) -> [ServerSentEvent] {
        var events: [ServerSentEvent] = []
        for byte in piece {
            if byte == UInt8(ascii: "\n") && endedWithReturn {
                endedWithReturn = false
                continue
            }
            endedWithReturn = byte == UInt8(ascii: "\r")
            guard byte == UInt8(ascii: "\n") || endedWithReturn else {
                line.append(byte)
                guard line.count + event.data.count <= SyncLimits.liveEventBytes else {
                    throw TransportFailure(
                        .tooLarge, "a live event of more than \(SyncLimits.liveEventBytes) bytes")
                }
                continue
            }
            if let event = endLine() { events.append(event) }
        }
        return events
    }

    private mutating func endLine() -> ServerSentEvent? {
        defer { line.removeAll(keepingCapacity: true) }
        if line.isEmpty {
            defer {
                event = ServerSentEvent(id: event.id)
                hasData = false
            }
            return hasData ? event : nil
        }
        let colon = line.firstIndex(of: UInt8(ascii: ":"))
        let name = line[..<(colon ?? line.endIndex)]
        var value = colon.map { line[($0 + 1)...] } ?? []
        if value.first == UInt8(ascii: " ") { value = value.dropFirst() }
        switch String(decoding: name, as: UTF8.self) {
        case "data":
            if hasData { event.data.append(UInt8(ascii: "\n")) }
            event.data += value
            hasData = true
        case "event": event.kind = String(decoding: value, as: UTF8.self)
        case "id": event.id = String(decoding: value, as: UTF8.self)
        default: break
        }
        return nil
    }
}
