import BatonCore
import BatonLog
import BatonWire
import SwiftProtobuf

/// What a caller who does not see all is shown of a log (specification section 11.2): of each entry the
/// operations that it sees, and where there are none, that it is there.
enum CoveredEntries {
    /// The frames of a chunk. What became of refused events of `asker` stays: it must hear of them, whole if it
    /// `isBound` to that replica, or else the code alone, since anybody may say to be a replica.
    static func frames(
        of chunk: Chunk, in sight: Sight, asker: ReplicaID?, isBound: Bool
    ) throws(WireFailure) -> [UInt8] {
        guard let frames = EventFrames.scan(chunk.body) else {
            throw WireFailure(
                .malformedProtobuf, "the chunk at offset \(chunk.offset) is not whole frames")
        }
        var body: [UInt8] = []
        for frame in frames {
            let isVoid = chunk.body[frame.content].first == voidTag
            guard isVoid || sight.mayHide(in: chunk.body[frame.content]) else {
                body += chunk.body[frame.range]
                continue
            }
            let bytes = Array(chunk.body[frame.content])
            let message = try Protobuf.decode(Baton_V1_Event.self, from: bytes)
            guard message.hasVoid, chunk.replica == asker else {
                EventFrames.append(shown(message, bytes, sight), to: &body)
                continue
            }
            EventFrames.append(isBound ? bytes : code(of: message), to: &body)
        }
        return body
    }

    /// A void record has no field but number 15, so its first byte tells.
    static let voidTag: UInt8 = 15 << 3 | 2

    private static func shown(
        _ message: Baton_V1_Event, _ bytes: [UInt8], _ sight: Sight
    ) -> [UInt8] {
        let shown = message.operations.filter { operation in
            guard let entity = try? EntityID(operation.entity),
                let path = FieldPath(pointer: operation.path)
            else { return false }
            return sight.shows(path, of: entity)
        }
        if shown.isEmpty { return withheld }
        if shown.count == message.operations.count { return bytes }
        var part = message
        part.operations = shown
        // What this version does not know of the event may speak of what is left out.
        part.unknownFields = UnknownStorage()
        return Protobuf.encode(part)
    }

    /// The record of a refusal without what it tells of the event.
    private static func code(of message: Baton_V1_Event) -> [UInt8] {
        var part = Baton_V1_Event()
        part.void.code = message.void.code
        return Protobuf.encode(part)
    }

    private static let withheld = Entry.encodedVoid(Sight.withheld, digest: [])
}
