import BatonCore
import BatonLaws
import BatonSync

/// All devices and the server hold the same state, byte for byte in its canonical encoding, and it is
/// what all events make when they are folded afresh, in the log's order and in another causal one,
/// and what the reference interpreter, which does not fold, makes of them.
/// What a device with older schemas keeps for newer ones is folded under these first.
struct Convergence: Promise {
    static let name = "convergence"

    func judge(_ ending: Ending) -> Violation? {
        for stream in ending.streams {
            guard let history = ending.histories[stream], let server = ending.server[stream] else {
                continue
            }
            let whole = history.folded(ending.schemas)
            let reference = ReferenceState(
                history.entries.map { ($0.offset, $0.entry) }, ending.schemas)
            let (folded, meant) = (whole.canonicalJSON, reference.canonicalJSON)
            guard folded.utf8.elementsEqual(meant.utf8) else {
                return broken("\(stream), the fold", expected: meant, found: folded)
            }
            var other = StreamState()
            for logged in history.inAnotherOrder(Dice(seed: ending.seed, 8)) {
                other.apply(logged.entry, at: logged.offset, schemas: ending.schemas)
            }
            var states = [("the fold in another order", other), ("the server", server)]
            for (device, streams) in ending.replicas {
                guard let replica = streams[stream] else { continue }
                states.append((device, replica.confirmed))
                states.append(("what \(device) shows", replica.view))
            }
            // A device may know newer schemas than the server, and then shows more of the same.
            let newest = whole.refolded(schemas: ShopSchemas.second)
            for (name, state) in states {
                let shown = state.refolded(schemas: ShopSchemas.second)
                if let difference = StateDifference.between(newest, shown) {
                    return broken(
                        "\(stream), \(name)", expected: "what all events make", found: difference)
                }
            }
        }
        return nil
    }
}

extension History {
    /// The entries in another order in which each stands after all that its context names, and
    /// after its replica's earlier ones. O(entries × replicas).
    func inAnotherOrder(_ dice: Dice) -> [Logged] {
        var dice = dice
        var waiting: [ReplicaID: ArraySlice<Logged>] = [:]
        for logged in entries { waiting[logged.entry.dot.replica, default: []].append(logged) }
        let replicas = waiting.keys.sorted()
        var taken = [Bool](repeating: false, count: entries.count + 1)
        var prefix = 0
        var counters = VersionVector()
        var order: [Logged] = []
        while order.count < entries.count {
            let ready = replicas.filter { replica in
                guard let first = waiting[replica]?.first else { return false }
                guard case .event(let event) = first.entry else { return true }
                return event.context.seen.rawValue <= UInt64(prefix)
                    && event.context.beyond.sorted.allSatisfy { counters.covers($0) }
            }
            guard !ready.isEmpty, let next = waiting[dice.pick(ready)]?.popFirst() else { break }
            order.append(next)
            counters.insert(next.entry.dot)
            taken[Int(next.offset.rawValue)] = true
            while prefix + 1 < taken.count, taken[prefix + 1] { prefix += 1 }
        }
        return order
    }
}
