import BatonCore
import BatonSync
import BatonWire

/// What a device shows contains all that was written on it: pending events are on top of what is
/// confirmed, and leave the outbox only for the log or the list of refused events.
struct ReadYourWrites: Promise {
    static let name = "read your writes"

    private struct Place: Hashable {
        let device: Int
        let stream: StreamID
    }

    /// Writes that were pending when they were last looked for.
    private var pending: [Place: [Mark]] = [:]
    private var looks = 0

    mutating func note(_ fact: Fact, _ histories: [StreamID: History]) -> Violation? {
        switch fact {
        case .wrote(let writing) where writing.isTold && !writing.isThin:
            pending[Place(device: writing.device, stream: writing.stream), default: []]
                .append(writing.mark)
        case .cloned(let from, let onto, _):
            for place in pending.keys.filter({ $0.device == onto }) { pending[place] = nil }
            for (place, marks) in pending where place.device == from {
                pending[Place(device: onto, stream: place.stream)] = marks
            }
        case .moved(let device, let from, let to, let moved):
            let marks = Set(moved)
            pending[Place(device: device, stream: from)]?.removeAll { marks.contains($0) }
            pending[Place(device: device, stream: to), default: []] += moved
        case .looked(let device, let replica, let isRestart):
            looks += 1
            return look(device, replica, isThorough: isRestart || looks % 8 == 0, histories)
        default: break
        }
        return nil
    }

    private mutating func look(
        _ device: Int, _ replica: StreamReplica, isThorough: Bool,
        _ histories: [StreamID: History]
    ) -> Violation? {
        let place = Place(device: device, stream: replica.stream)
        let name = "\(replica.stream), device \(device + 1)"
        for event in replica.outbox where !replica.view.vector.covers(event.dot) {
            return broken(
                name, expected: "pending \(event.dot) in what the device shows", found: "it is not")
        }
        if let marks = pending[place], !marks.isEmpty {
            var held = Set(replica.outbox.compactMap { Mark(of: $0.event) })
            held.formUnion(replica.inbox.compactMap { Mark(of: $0.event) })
            // Confirmed by a log that may be gone.
            held.formUnion((try? replica.keptMarks()) ?? [])
            var left: [Mark] = []
            for mark in marks {
                if let offset = histories[replica.stream]?.offset(of: mark),
                    offset <= replica.confirmed.offset
                {
                    continue
                }
                if held.contains(mark) {
                    left.append(mark)
                } else {
                    return broken(
                        name, expected: "\(mark), which was written here, in what the device shows",
                        found: "it is neither pending, nor refused, nor confirmed")
                }
            }
            pending[place] = left
        }
        guard isThorough else { return nil }
        var shown = replica.confirmed
        for event in replica.outbox where event.fate != .refused {
            shown.apply(.event(event.event), schemas: replica.schemas)
        }
        // A refused event is gone from view, so its counter is no gap to those behind it.
        guard !replica.outbox.contains(where: { $0.fate == .refused }) else { return nil }
        return StateDifference.between(shown, replica.view).map {
            broken(name, expected: "what is confirmed with what is pending on top", found: $0)
        }
    }
}
