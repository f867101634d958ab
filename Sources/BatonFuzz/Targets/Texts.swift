import BatonCore
import BatonServer
import BatonSync
import BatonWire
import SwiftProtobuf

extension FuzzTarget {
    /// Small texts out of paths, queries and header lines.
    static let texts: [FuzzTarget] = [
        FuzzTarget(
            "names", "names, ids, pointers and instants, each as a line",
            seeds: {
                [
                    "cust-8123", "cart/main", "/lines/a~1b/quantity", "2026-01-31T12:00:00.000Z",
                    "8f14e45fceea167a5a36dedd4bea2543:7", "8f14e45fceea167a5a36dedd4bea2543",
                ].map { Array($0.utf8) }
            },
            check: { bytes in
                let text = String(decoding: bytes, as: UTF8.self)
                var isTaken = false
                func reads<Name: CustomStringConvertible>(_ name: Name?) throws {
                    guard let name else { return }
                    isTaken = true
                    try promise("\(name)" == text, "\(Name.self) reads as another text")
                }
                try reads(try? TenantID(text))
                try reads(try? StreamID(text))
                try reads(try? ChannelName(text))
                try reads(try? EntityID(text))
                try reads(ReplicaID(text))
                try reads(Dot(text))
                if let path = FieldPath(pointer: text) {
                    isTaken = true
                    try promise(
                        FieldPath(pointer: path.pointer) == path, "a path is another once written")
                }
                if let time = InstantFormat.milliseconds(of: text) {
                    isTaken = true
                    try promise(
                        InstantFormat.text(milliseconds: time) == text, "an instant has two forms")
                }
                return isTaken
            }),
        FuzzTarget(
            "cursor", "a cursor, an id of a live answer, a moment of the past",
            seeds: {
                [
                    "4f3a2b-17", "cust-1=4f3a2b-17,cust-2=4f3a2b-9", "12",
                    "2026-01-31T12:00:00.000Z",
                ].map { Array($0.utf8) }
            },
            check: { bytes in
                let text = String(decoding: bytes, as: UTF8.self)
                let cursors = (try? LiveAnswer.cursors(ofCombined: text)) ?? [:]
                try promise(cursors.count <= bytes.count / 3 + 1, "more cursors than letters")
                let isOther = !cursors.isEmpty || (try? PastMoment(text)) != nil
                guard let cursor = try? Cursor(text, epoch: "4f3a2b") else { return isOther }
                let again: Cursor
                do {
                    again = try Cursor(cursor.description, epoch: "4f3a2b")
                } catch {
                    throw BrokenPromise("a cursor's own text is refused")
                }
                try promise(again == cursor, "a cursor is another once written")
                return true
            }),
        FuzzTarget(
            "handoff", "the code of a hand-off, and the bodies of its calls",
            seeds: {
                [
                    "K7QF-3M9T", "baton:handoff/k7qf 3m9t",
                    #"{"stream":"cust-1","entities":["cart/main","order/*"],"codeSeconds":60}"#,
                    #"{"code":"K7QF-3M9T","channel":"store"}"#,
                ].map { Array($0.utf8) }
            },
            check: { bytes in
                let text = String(decoding: bytes, as: UTF8.self)
                if let code = HandoffCode(text) {
                    try promise(
                        HandoffCode(code.description) == code, "a code is another once written")
                    try promise(HandoffCode(code.uri) == code, "a code is another in its picture")
                    return true
                }
                if let wish = try? HandoffWish(json: bytes, limits: ServerLimits()) {
                    try promise(
                        wish.entities.count <= ServerLimits().entitiesPerHandoff,
                        "too many entities")
                    return true
                }
                _ = try ClaimWish(json: bytes)
                return true
            }),
    ]

    /// What a device reads of its server, or of whatever stands in between.
    static let answers: [FuzzTarget] = [
        FuzzTarget(
            "live-events", "server-sent events, in pieces",
            seeds: {
                [
                    Array("id: 4f-1\nevent: pull\ndata: {}\n\n: beat\n\n".utf8),
                    Array("data: a\r\ndata: b\r\rdata:c\n\n".utf8),
                ]
            },
            check: { bytes in
                var whole = ServerSentEventReader()
                let events = try whole.read(bytes)
                // However the network cuts it, the same events come out.
                var byByte = ServerSentEventReader()
                var pieces: [ServerSentEvent] = []
                for byte in bytes { pieces += try byByte.read([byte]) }
                try promise(pieces == events, "other events when they come in pieces")
                return !events.isEmpty
            }),
        FuzzTarget(
            "retry-after", "the Retry-After and Date fields of an answer, a line each",
            seeds: {
                [
                    Array("120\n".utf8),
                    Array("Sun, 06 Nov 1994 08:49:37 GMT\nSun, 06 Nov 1994 08:49:00 GMT".utf8),
                ]
            },
            check: { bytes in
                let lines = String(decoding: bytes, as: UTF8.self)
                    .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
                let pause = RetryAfter.pause(lines.first, date: lines.dropFirst().first)
                guard let pause else { return false }
                try promise(
                    pause >= .zero && pause <= .seconds(3_600), "a pause of \(pause)")
                return true
            }),
        FuzzTarget(
            "answer-json",
            "an answer in JSON, as a device reads it: live events, problems, hand-offs",
            words: jsonWords,
            seeds: {
                let answer = try Protobuf.decode(Baton_V1_SyncResponse.self, from: Samples.answer())
                return [
                    try answer.streams.first.map { try Protobuf.encodeJSON($0.pulled) } ?? [],
                    Array(#"{"type":"urn:baton:problem:overloaded","detail":"\ud842\udfb7"}"#.utf8),
                    Array(#"{"code":"K7QF-3M9T","newer":[{"a":[]}]}"#.utf8),
                ]
            },
            check: { bytes in
                let answers = [
                    try checkAnswer(Baton_V1_PullResponse.self, bytes),
                    try checkAnswer(Baton_V1_Problem.self, bytes),
                    try checkAnswer(Google_Protobuf_Value.self, bytes),
                ]
                return answers.contains(true)
            }),
        FuzzTarget(
            "pull", "the answer to a sync, as a device takes it in that has pushed with it",
            seeds: { [try Samples.answer(), try Samples.verdicts()] },
            check: { bytes in
                let answer = try Protobuf.decode(Baton_V1_SyncResponse.self, from: bytes)
                var replica = try Samples.device()
                var installation = Installation(replica: replica.replica, clockCorrection: 0)
                var isTaken = false
                for result in answer.streams {
                    let ask = SyncAsk(
                        stream: replica.stream, replica: replica.replica, cursor: replica.cursor,
                        batch: replica.outgoing(events: 100, bytes: 1 << 16))
                    guard
                        (try? replica.takeIn(
                            answer: result, on: ask, wall: 1_770_000_000_000,
                            serverTime: answer.serverTime, previous: nil,
                            newID: ReplicaID(high: 3, low: 4), installation: &installation)) != nil
                    else { continue }
                    isTaken = true
                    // It goes on, whatever it was told.
                    _ = try? replica.write(
                        [FieldOperation(EntityID("cart/main"), FieldPath(["note"]), .set("x"))],
                        channel: ChannelName("app"), wall: 1_770_000_000_000,
                        installation: installation.replica)
                }
                return isTaken
            }),
    ]

    /// Whether a device reads the bytes as the message. What a server's strict reader takes says the same
    /// to a device.
    private static func checkAnswer<Answer: Message & Equatable>(
        _: Answer.Type, _ bytes: [UInt8]
    ) throws -> Bool {
        let answer = try? AnswerJSON.decode(Answer.self, from: bytes)
        if let strict = try? Protobuf.decodeJSON(Answer.self, from: bytes) {
            try promise(answer == strict, "a device reads another answer than was written")
        }
        return answer != nil
    }
}
