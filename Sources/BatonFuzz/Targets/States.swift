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
                let state = try StreamState(message, offset: .start)
                let encoded = Protobuf.encode(state.message)
                let again: StreamState
                do {
                    again = try StreamState(
                        Protobuf.decode(Baton_V1_State.self, from: encoded), offset: .start)
                } catch {
                    throw BrokenPromise("a state's own encoding is refused: \(error)")
                }
                try promise(
                    StateHash(of: again) == StateHash(of: state),
                    "a state has another hash once it is encoded and read")
                try promise(
                    Protobuf.encode(again.message) == encoded, "a state has two encodings")
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
}
