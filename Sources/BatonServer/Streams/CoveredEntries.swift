import BatonCore
import BatonLog
import BatonWire
import SwiftProtobuf

/// What a token for some entities is shown of a log (specification section 11.2): of each entry the
/// operations on these, and where there are none, that it is there.
enum CoveredEntries {
    /// The frames of a chunk. What `asker` wrote of refused events stays: it must hear of them.
    static func frames(
        of chunk: Chunk, under entities: EntityScope, asker: ReplicaID?
    ) throws(WireFailure) -> [UInt8] {
        guard let frames = EventFrames.scan(chunk.body) else {
            throw WireFailure(
                .malformedProtobuf, "the chunk at offset \(chunk.offset) is not whole frames")
        }
        var body: [UInt8] = []
        for frame in frames {
            let bytes = Array(chunk.body[frame.content])
            let message = try Protobuf.decode(Baton_V1_Event.self, from: bytes)
            let isOwnRefusal = message.hasVoid && chunk.replica == asker
            EventFrames.append(
                isOwnRefusal ? bytes : covered(message, bytes, entities), to: &body)
        }
        return body
    }

    private static func covered(
        _ message: Baton_V1_Event, _ bytes: [UInt8], _ entities: EntityScope
    ) -> [UInt8] {
        let shown = message.operations.filter { operation in
            (try? EntityID(operation.entity)).map(entities.covers) ?? false
        }
        if shown.isEmpty { return withheld }
        if shown.count == message.operations.count { return bytes }
        var part = message
        part.operations = shown
        // What this version does not know of the event may speak of what is left out.
        part.unknownFields = UnknownStorage()
        return Protobuf.encode(part)
    }

    private static let withheld = Entry.encodedVoid(Refusal(.withheld, ""), digest: [])
}
