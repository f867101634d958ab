import BatonCore
import BatonLog
import BatonWire

/// A snapshot and the events after it make what all events make: whichever snapshot the server
/// stores, and wherever else the log is cut.
struct SnapshotAndTail: Promise {
    static let name = "snapshot and tail make the whole"

    func judge(_ ending: Ending) -> Violation? {
        for stream in ending.streams {
            guard let history = ending.histories[stream], history.head > .start else { continue }
            let whole = history.folded(ending.schemas)
            if let stored = ending.snapshots[stream] {
                let found = check(stored, of: stream, history, whole, ending.schemas)
                if let found { return found }
            }
            let cut = Offset(rawValue: ending.seed % history.head.rawValue + 1)
            let part = history.folded(upTo: cut, ending.schemas)
            let body = Protobuf.encode(part.message)
            let stored = StoredSnapshot(
                offset: cut, body: body, stateHash: StateHash(of: part).bytes)
            if let found = check(stored, of: stream, history, whole, ending.schemas) {
                return found
            }
        }
        return nil
    }

    mutating func note(_ fact: Fact, _ histories: [StreamID: History]) -> Violation? {
        guard case .stored(let stream, let snapshot, let schemas) = fact else { return nil }
        guard let history = histories[stream], snapshot.offset <= history.head else {
            return broken(
                stream.description, expected: "a snapshot of what is durable",
                found: "one at \(snapshot.offset)")
        }
        return schemas.flatMap {
            check(snapshot, of: stream, history, history.folded($0), $0)
        }
    }

    private func check(
        _ stored: StoredSnapshot, of stream: StreamID, _ history: History, _ whole: StreamState,
        _ schemas: SchemaSet
    ) -> Violation? {
        let place = "\(stream), snapshot at \(stored.offset)"
        do {
            let message = try Protobuf.decode(Baton_V1_State.self, from: stored.body)
            let state = try StreamState(message, offset: stored.offset)
            guard StateHash(of: state).bytes == stored.stateHash else {
                return broken(place, expected: "the state hash that it names", found: "another")
            }
            let joined = history.folded(onto: state.refolded(schemas: schemas), schemas)
            return StateDifference.between(whole, joined).map {
                broken(place, expected: "what all events make", found: $0)
            }
        } catch {
            return broken(place, expected: "a snapshot that can be read", found: "\(error)")
        }
    }
}
