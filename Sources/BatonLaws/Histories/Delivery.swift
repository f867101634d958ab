package import BatonCore

extension History {
    /// The entries in a random order that keeps to causality: each after what its context names
    /// and after its replica's earlier ones. Each with its place in the log.
    package func delivered(_ random: inout SplitMix64) -> [(Offset, Entry)] {
        var waiting = Array(zip(log.entries(after: .start), causes))
        var done = VersionVector()
        var order: [(Offset, Entry)] = []
        while !waiting.isEmpty {
            let ready = waiting.indices.filter { index in
                let ((_, entry), causes) = waiting[index]
                return done[entry.dot.replica].next == entry.dot.counter
                    && causes.order(to: done) != .after && causes.order(to: done) != .concurrent
            }
            let (next, _) = waiting.remove(at: random.pick(ready))
            done.insert(next.1.dot)
            order.append(next)
        }
        return order
    }

    /// Of each entry, what its context names, replica by replica. Nothing for a void entry.
    package var causes: [VersionVector] {
        var heads = [VersionVector()]
        return log.entries.map { entry in
            var head = heads[heads.count - 1]
            head.insert(entry.dot)
            heads.append(head)
            guard case .event(let event) = entry else { return VersionVector() }
            var seen = heads[Int(event.context.seen.rawValue)]
            seen.merge(event.context.beyond)
            if event.context.own > .none { seen.insert(Dot(event.dot.replica, event.context.own)) }
            return seen
        }
    }

    /// The same events, their contexts as vectors alone and no offset anywhere.
    package var withoutOffsets: [Entry] {
        zip(log.entries, causes).map { entry, causes in
            guard case .event(let event) = entry else { return entry }
            var beyond = causes.counters
            let own = beyond.removeValue(forKey: event.dot.replica) ?? .none
            let operations = event.operations.map { operation in
                guard case .keep(let value, let origin) = operation.action else { return operation }
                let bare = Origin(
                    dot: origin.dot, offset: .start, timestamp: origin.timestamp,
                    isBeside: origin.isBeside)
                return FieldOperation(operation.entity, operation.path, .keep(value, bare))
            }
            let context = Context(
                replica: event.dot.replica, own: own, seen: .start, beyond: VersionVector(beyond))
            return .event(
                Event(
                    dot: event.dot, context: context, timestamp: event.timestamp,
                    channel: event.channel, operations: operations))
        }
    }
}
