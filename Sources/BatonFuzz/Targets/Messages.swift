import BatonCore
import BatonWire
import SwiftProtobuf

extension FuzzTarget {
    /// What devices push, in protobuf and in JSON.
    static let messages: [FuzzTarget] = [
        FuzzTarget(
            "event", "an encoded event, as it lies in pushes and in the log",
            seeds: { try Samples.events.map(\.encoded) }, check: checkEvent),
        FuzzTarget(
            "push", "the body of a push, in protobuf",
            seeds: { [try Samples.push()] },
            check: { bytes in
                let batch = try PushedBatch(pushRequest: bytes)
                try checkBatch(batch)
                return true
            }),
        FuzzTarget(
            "sync", "the body of a sync, in protobuf",
            seeds: { [try Samples.sync()] },
            check: { bytes in
                for part in try IncomingSync(protobuf: bytes).parts {
                    if let push = part.push { try checkBatch(push) }
                }
                // The plain decoder reads all that the fast one reads.
                let message: Baton_V1_SyncRequest
                do {
                    message = try Protobuf.decode(Baton_V1_SyncRequest.self, from: bytes)
                } catch {
                    throw BrokenPromise("only the fast reader takes the sync: \(error)")
                }
                let names = try IncomingSync(protobuf: bytes).parts.map(\.stream)
                try promise(message.streams.map(\.stream) == names, "the readers' streams differ")
                return true
            }),
        FuzzTarget(
            "sync-json", "the body of a sync, in JSON", words: jsonWords,
            seeds: {
                [
                    try Protobuf.encodeJSON(
                        Protobuf.decode(Baton_V1_SyncRequest.self, from: Samples.sync()))
                ]
            },
            check: { bytes in
                let sync = try IncomingSync(json: bytes)
                for part in sync.parts {
                    if let push = part.push { try checkBatch(push) }
                }
                // What JSON says, protobuf can say.
                let message = try Protobuf.decodeJSON(Baton_V1_SyncRequest.self, from: bytes)
                let again = try IncomingSync(protobuf: Protobuf.encode(message))
                try promise(
                    again.parts.map(\.push?.events) == sync.parts.map(\.push?.events),
                    "the events differ between JSON and protobuf")
                return true
            }),
        FuzzTarget(
            "push-json", "the body of a push, in JSON", words: jsonWords,
            seeds: {
                [
                    try Protobuf.encodeJSON(
                        Protobuf.decode(Baton_V1_PushRequest.self, from: Samples.push()))
                ]
            },
            check: { bytes in
                let message = try Protobuf.decodeJSON(Baton_V1_PushRequest.self, from: bytes)
                let batch = try PushedBatch(message.batch)
                try checkBatch(batch)
                try promise(
                    try PushedBatch(pushRequest: Protobuf.encode(message)).events == batch.events,
                    "the events differ between JSON and protobuf")
                return true
            }),
        FuzzTarget(
            "calls-json", "the bodies of a thin client's calls, in JSON: write, checkout, adopt",
            words: jsonWords,
            seeds: {
                [
                    #"{"channel":"store","operations":[{"path":"/lines/a/quantity","add":2},{"path":"/note","set":{"a":[1,null,"x"]}},{"path":"/b","remove":true}]}"#,
                    #"{"cart":"main","seen":"12","channel":"store","operations":[{"path":"/note","set":"x"}]}"#,
                    #"{"from":"anon-1","channel":"web"}"#,
                ].map { Array($0.utf8) }
            },
            check: { bytes in
                let operations = [
                    try checkCall(Baton_V1_WriteRequest.self, bytes)?.operations,
                    try checkCall(Baton_V1_CheckoutRequest.self, bytes)?.operations,
                    try checkCall(Baton_V1_AdoptRequest.self, bytes).map { _ in [] },
                ].compactMap(\.self)
                for operation in operations.joined() {
                    guard
                        let read = try? FieldOperation(operation, entity: EntityID("cart/main"))
                    else { continue }
                    _ = read.malformation
                    let again = try? FieldOperation(read.message)
                    try promise(again == read, "an operation is another once it is written")
                }
                return !operations.isEmpty
            }),
        FuzzTarget(
            "value-json", "a JSON value, and its canonical form", words: jsonWords,
            seeds: {
                [
                    #"{"a":[1,-2,true,null,"x\u00e9\ud83d\ude00"],"b":{"":{}}}"#,
                    #"9007199254740991"#, #""\u0000\u2028""#,
                ].map { Array($0.utf8) }
            },
            check: { bytes in
                let value = try Value(Protobuf.decodeJSON(Google_Protobuf_Value.self, from: bytes))
                let canonical = value.canonicalBytes
                let again: Value
                do {
                    again = try Value(
                        Protobuf.decodeJSON(Google_Protobuf_Value.self, from: canonical))
                } catch {
                    throw BrokenPromise("its own canonical form is refused: \(error)")
                }
                try promise(again == value, "the canonical form reads as another value")
                try promise(again.canonicalBytes == canonical, "the canonical form has two forms")
                return true
            }),
    ]

    private static func checkEvent(_ bytes: [UInt8]) throws -> Bool {
        let dot = Samples.dot
        let entry = try Entry(encoded: bytes, dot: dot)
        // The general decoder says the same of all that the fast one takes.
        let plain: Entry
        do {
            plain = try Entry(Protobuf.decode(Baton_V1_Event.self, from: bytes), dot: dot)
        } catch {
            throw BrokenPromise("only the fast reader takes the event: \(error)")
        }
        try promise(plain == entry, "the two readers of events differ")
        guard case .event(let event) = entry else { return true }
        let encoded = event.encoded
        let again: Event
        do {
            again = try Event(encoded: encoded, dot: dot)
        } catch {
            throw BrokenPromise("an event's own encoding is refused: \(error)")
        }
        try promise(again == event, "an event is not what it was encoded as")
        try promise(again.encoded == encoded, "an event has two encodings")
        return true
    }

    /// The message of a call, if that is what the bytes are; what it says once it is written is the same.
    private static func checkCall<Call: Message & Equatable>(_: Call.Type, _ bytes: [UInt8]) throws
        -> Call?
    {
        guard let call = try? Protobuf.decodeJSON(Call.self, from: bytes) else { return nil }
        let again: Call
        do {
            again = try Protobuf.decodeJSON(Call.self, from: Protobuf.encodeJSON(call))
        } catch {
            throw BrokenPromise("the JSON form of a call is refused: \(error)")
        }
        try promise(again == call, "the JSON form of a call says something else")
        return call
    }

    private static func checkBatch(_ batch: PushedBatch) throws {
        try promise(
            batch.events.count == batch.encodings.count, "not as many encodings as events")
        try promise(
            (1...ProtocolLimits.eventsPerPush).contains(batch.events.count),
            "\(batch.events.count) events in a push")
        for (index, (event, bytes)) in zip(batch.events, batch.encodings).enumerated() {
            let dot = Dot(
                batch.replica, Counter(rawValue: batch.firstCounter.rawValue + UInt64(index)))
            try promise(event.dot == dot, "the event \(event.dot) stands where \(dot) belongs")
            let again: Event
            do {
                again = try Event(encoded: Array(bytes), dot: dot)
            } catch {
                throw BrokenPromise("an event of a batch is refused alone: \(error)")
            }
            try promise(again == event, "an event of a batch is another one alone")
        }
    }
}
