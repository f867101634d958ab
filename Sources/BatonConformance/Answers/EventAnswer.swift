import BatonCore
import BatonLog
import BatonWire

/// Cases of events: their form, their bytes, and whether a schema lets them stand.
enum EventAnswer {
    static func check(_ given: Given) throws(UnreadableCase) -> [ExactText: Value] {
        let refusal = try given.schemas().refusal(
            of: given.operations(), by: given.member("role").role())
        return ["code": refusal.map { .string($0.code.rawValue) } ?? .null]
    }

    static func form(_ given: Given) throws(UnreadableCase) -> [ExactText: Value] {
        let text = try given.member("text").joinedText()
        do throws(WireFailure) {
            _ = try PushedBatch(
                Protobuf.decodeJSON(Baton_V1_Batch.self, from: Array(text.utf8)))
            return ["code": .null]
        } catch {
            return ["code": .string(error.code.rawValue)]
        }
    }

    static func eventBytes(_ given: Given) throws(UnreadableCase) -> [ExactText: Value] {
        let event = try given.member("batch").event()
        let again = try given.reading { try Event(encoded: event.encoded, dot: event.dot) }
        guard again == event else { throw UnreadableCase("its bytes read as another event") }
        return ["bytes": .string(Hexadecimal.text(event.encoded))]
    }

    /// A push as it comes in protobuf: refused by its code, or what a log makes of its bytes.
    static func pushBytes(_ given: Given) throws(UnreadableCase) -> [ExactText: Value] {
        let bytes = try given.member("bytes").bytes()
        let schemas = try given.schemas()
        let batch: PushedBatch
        do throws(WireFailure) {
            batch = try PushedBatch(pushRequest: bytes)
        } catch {
            return ["code": .string(error.code.rawValue)]
        }
        var state = StreamState()
        var frames: [UInt8] = []
        var offset = Offset.start
        for (event, encoding) in zip(batch.events, batch.encodings) {
            EventFrames.append(encoding, to: &frames)
            offset = offset.next
            try state.fold(
                [PlacedEntry(offset: offset, entry: .event(event))], schemas: schemas)
        }
        return [
            "code": .null, "replica": .string(batch.replica.description),
            "counter": .integer(Int64(batch.firstCounter.rawValue)),
            "events": .integer(Int64(batch.events.count)),
            "frames": .string(SHA256Text.of(frames)),
            "canonical": .string(state.canonicalJSON),
        ]
    }
}
