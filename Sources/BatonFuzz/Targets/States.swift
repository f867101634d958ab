import BatonCore
import BatonLog
import BatonServer
import BatonWire
import SwiftProtobuf

extension FuzzTarget {
    /// What the log and snapshots hold.
    static let states: [FuzzTarget] = [
        FuzzTarget(
            "state", "an encoded state: of a snapshot, of an archive, of a device's store",
            seeds: { [try Samples.state()] },
            check: { bytes in
                let message = try Protobuf.decode(Baton_V1_State.self, from: bytes)
                var state = try StreamState(message, offset: .start)
                _ = try stored(state)
                // What a device that got it does next: show it, and write on top of it.
                try show(state, history: [])
                for event in try Samples.events {
                    state.apply(.event(event), schemas: BuiltinSchemas.all)
                }
                try show(state, history: [])
                return true
            }),
        FuzzTarget(
            "fold", "events of several replicas, as a server merges, shows and explains them",
            seeds: { [try Samples.sync(), try Samples.fold()] },
            check: { bytes in
                let pushed = try IncomingSync(protobuf: bytes).parts.flatMap {
                    $0.push?.events ?? []
                }
                let schemas = BuiltinSchemas.all
                var state = StreamState()
                // The same, but stored and read again before each event.
                var restarted = StreamState()
                var history: [LoggedEvent] = []
                for event in pushed {
                    _ = schemas.refusal(of: event.operations, by: .customer)
                    _ = state.crowding(by: event, schemas: schemas)
                    let place = state.offset.next
                    guard state.apply(.event(event), at: place, schemas: schemas) == .applied else {
                        continue
                    }
                    history.append(LoggedEvent(offset: place, event: event))
                    if history.count <= 20 { restarted = try stored(restarted) }
                    restarted.apply(.event(event), at: place, schemas: schemas)
                }
                guard !history.isEmpty else { return false }
                try promise(
                    restarted.canonicalBytes == state.canonicalBytes,
                    "a state that was stored in between is another one")
                _ = try stored(state)
                try show(state, history: history)
                return true
            }),
        FuzzTarget(
            "frames", "the frames of events in a row of the log",
            seeds: { [try Samples.frames()] },
            check: { bytes in
                guard let frames = EventFrames.scan(bytes) else { return false }
                var end = 0
                for frame in frames {
                    try promise(frame.range.lowerBound == end, "a gap between frames")
                    try promise(
                        frame.range.lowerBound < frame.content.lowerBound
                            && frame.content.upperBound == frame.range.upperBound,
                        "a content that is not the end of its frame")
                    end = frame.range.upperBound
                }
                try promise(end == bytes.count, "frames that are not all of the row")
                let chunk = Chunk(
                    replica: Samples.dot.replica, counter: Samples.dot.counter,
                    offset: Offset(rawValue: 1), count: frames.count, body: bytes, receivedAt: 0)
                guard !frames.isEmpty else { return true }
                let entries = try ChunkEntries.read(chunk)
                try promise(entries.count == frames.count, "not an entry a frame")
                return true
            }),
        FuzzTarget(
            "packed-body", "a snapshot's body in a row of the log",
            seeds: { [try PackedBody.pack(Samples.state() + Samples.state())] },
            check: { bytes in
                guard let body = PackedBody.unpack(bytes) else { return false }
                let again = PackedBody.unpack(try PackedBody.pack(body))
                try promise(again == body, "a body that is packed comes out as another")
                return true
            }),
    ]

    /// A state as it comes back once it is stored.
    private static func stored(_ state: StreamState) throws -> StreamState {
        let encoded = Protobuf.encode(state.message)
        let again: StreamState
        do {
            again = try StreamState(
                Protobuf.decode(Baton_V1_State.self, from: encoded), offset: state.offset)
        } catch {
            throw BrokenPromise("a state's own encoding is refused: \(error)")
        }
        try promise(
            StateHash(of: again) == StateHash(of: state),
            "a state has another hash once it is encoded and read")
        try promise(Protobuf.encode(again.message) == encoded, "a state has two encodings")
        return again
    }

    /// Shows all of a state that answers show, and holds values to their JSON.
    private static func show(_ state: StreamState, history: [LoggedEvent]) throws {
        let schemas = BuiltinSchemas.all
        for id in state.entities.keys.sorted() {
            for role in [nil, Role.kiosk] {
                _ = state.explanation(of: id, history: history, schemas: schemas, for: role)
            }
            guard let value = state.value(of: id, schemas: schemas) else { continue }
            let again = try? Value(
                Protobuf.decodeJSON(Google_Protobuf_Value.self, from: value.canonicalBytes))
            try promise(again == value, "the JSON of \(id) reads as something else")
        }
        _ = state.conflicts(schemas: schemas)
    }
}
