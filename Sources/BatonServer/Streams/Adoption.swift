import BatonCore
import BatonLog
import BatonWire
import SwiftProtobuf

/// Puts what an adoption writes, or the undo of one, into events that every reader takes.
///
/// Groups are joined while an event stays well within the limits of form. Where, with its keeps, it
/// passes them nevertheless, it is parted: between groups, then between map entries, then between
/// what is left of one group, and never so that an order among operations is lost.
struct AdoptionPacking {
    /// What the events say of themselves; its operations do not matter, nor how late exactly it is.
    let header: Event
    /// What is done, for whom it fails: "to adopt anon-1".
    let purpose: String
    /// The schemas by which it is written.
    let schemas: SchemaSet
    /// The keeps that go with operations into an event.
    let keeps: ([FieldOperation]) -> [FieldOperation]
    private var packed: [[FieldOperation]] = []

    init(
        header: Event, purpose: String, schemas: SchemaSet,
        keeps: @escaping ([FieldOperation]) -> [FieldOperation]
    ) {
        self.header = header
        self.purpose = purpose
        self.schemas = schemas
        self.keeps = keeps
    }

    /// The operations of each event, its keeps at the end; a problem where they fit into none.
    static func packed(
        _ groups: [[FieldOperation]], by packing: AdoptionPacking
    ) throws(Problem) -> [[FieldOperation]] {
        var packing = packing
        for joined in joined(groups) { try packing.add(joined[...], in: .groups) }
        return packing.packed
    }

    /// The groups, joined while an event stays well within its limits.
    private static func joined(_ groups: [[FieldOperation]]) -> [[[FieldOperation]]] {
        var joined: [[[FieldOperation]]] = []
        var count = 0
        var size = 0
        for group in groups {
            let bytes = group.encodedSize
            let fits =
                count + group.count <= ProtocolLimits.operationsPerEvent / 2
                && size + bytes <= ProtocolLimits.eventBytes / 2
            if fits, !joined.isEmpty {
                joined[joined.count - 1].append(group)
                count += group.count
                size += bytes
            } else {
                joined.append([group])
                count = group.count
                size = bytes
            }
        }
        return joined
    }

    /// What the pieces that are parted are.
    private enum Grain { case groups, entries, places, operations }

    /// Makes one event of the pieces where it has room for them, else one of each half.
    private mutating func add(
        _ pieces: ArraySlice<[FieldOperation]>, in grain: Grain
    ) throws(Problem) {
        let operations = Array(pieces.joined())
        if let event = whole(operations) {
            packed.append(event)
            return
        }
        guard pieces.count == 1 else {
            let middle = pieces.startIndex + pieces.count / 2
            try add(pieces[..<middle], in: grain)
            try add(pieces[middle...], in: grain)
            return
        }
        switch grain {
        case .groups: try add(entries(in: operations)[...], in: .entries)
        case .entries:
            try requireRoomForParts(of: operations)
            try add(places(in: operations)[...], in: .places)
        case .places: try add(operations.map { [$0] }[...], in: .operations)
        case .operations:
            throw tooLarge(
                operations[0],
                "an operation there takes more than the \(ProtocolLimits.eventBytes) bytes of an event, "
                    + "with what it has to keep of its entry")
        }
    }

    /// The operations with their keeps; `nil` where that is too much for one event.
    private func whole(_ operations: [FieldOperation]) -> [FieldOperation]? {
        let most = ProtocolLimits.operationsPerEvent
        guard operations.count <= most else { return nil }
        let whole = operations + keeps(operations)
        guard whole.count <= most else { return nil }
        let event = Event(
            dot: header.dot, context: header.context, timestamp: header.timestamp,
            channel: header.channel, operations: whole)
        return event.encoded.count <= ProtocolLimits.eventBytes ? whole : nil
    }

    /// A group's operations by the map entry that they edit; those that edit none together.
    private func entries(in group: [FieldOperation]) -> [[FieldOperation]] {
        var entries: [[FieldOperation]] = []
        var places: [FieldPath?: Int] = [:]
        for operation in group {
            let place = schemas[operation.entity.type]?.entry(of: operation.path)
            if let index = places[place] {
                entries[index].append(operation)
            } else {
                places[place] = entries.count
                entries.append([operation])
            }
        }
        return entries
    }

    /// Each of the events that part an entry keeps all of it that none of them writes. That leaves
    /// half of each for what it brings, or a few operations would write the same keeps again and again.
    private func requireRoomForParts(of entry: [FieldOperation]) throws(Problem) {
        let kept = keeps(entry)
        guard
            kept.count > ProtocolLimits.operationsPerEvent / 2
                || kept.encodedSize > ProtocolLimits.eventBytes / 2
        else { return }
        throw tooLarge(
            entry[0],
            "the entry holds \(kept.count) things already, which take \(kept.encodedSize) bytes to keep "
                + "beside what is brought there: remove it and write it anew in one request, or "
                + "put less into it")
    }

    /// The moves of one workflow, and the keeps of one place, together; every other operation by itself.
    private func places(in operations: [FieldOperation]) -> [[FieldOperation]] {
        var places: [[FieldOperation]] = []
        for operation in operations {
            if let last = places.last?.last, last.belongs(with: operation) {
                places[places.count - 1].append(operation)
            } else {
                places.append([operation])
            }
        }
        return places
    }

    private func tooLarge(_ operation: FieldOperation, _ why: String) -> Problem {
        Problem(.malformedEvent, "\(purpose): \(operation.entity)\(operation.path): \(why)")
    }
}

extension FieldOperation {
    /// Whether both are moves, or both keeps, of the same place.
    fileprivate func belongs(with other: FieldOperation) -> Bool {
        switch (action, other.action) {
        case (.move, .move), (.keep, .keep): return entity == other.entity && path == other.path
        default: return false
        }
    }
}

extension [FieldOperation] {
    /// The bytes of their encodings.
    fileprivate var encodedSize: Int { reduce(0) { $0 + Protobuf.encode($1.message).count } }
}

extension [Event] {
    /// The events, where all of them can be read again as they will lie in the log; else a problem, and
    /// nothing of them may go there: a stream with an event that nobody reads is lost.
    func readable(_ purpose: String) throws(Problem) -> [Event] {
        for event in self {
            let bytes = event.encoded
            guard bytes.count <= ProtocolLimits.eventBytes else {
                throw Problem(
                    .malformedEvent,
                    "\(purpose): an event of it would have \(bytes.count) bytes; at most "
                        + "\(ProtocolLimits.eventBytes) are allowed")
            }
            do {
                _ = try Event(encoded: bytes, dot: event.dot)
            } catch {
                throw Problem(
                    .malformedEvent,
                    "\(purpose): an event of it could not be read again: \(error.message)")
            }
        }
        return self
    }
}

extension [Event] {
    /// The events, of one replica, as one append.
    func request(receivedAt: Int64) -> AppendRequest {
        var body: [UInt8] = []
        var entries: [AppendRequest.Entry] = []
        for event in self {
            let start = body.count
            EventFrames.append(event.encoded, to: &body)
            entries.append(
                AppendRequest.Entry(
                    length: body.count - start, seen: event.context.seen,
                    beyond: event.context.beyond))
        }
        return AppendRequest(
            replica: self[0].dot.replica, firstCounter: self[0].dot.counter, body: body,
            entries: entries, receivedAt: receivedAt)
    }
}

extension StreamAdoption {
    /// What is answered: `writer` wrote the events that end with `counter`.
    func response(
        _ verdict: Verdict, by writer: ReplicaID, counter: Counter, head: Offset,
        upTo offset: Offset
    ) -> Baton_V1_AdoptResponse {
        .with {
            $0.verdict = verdict.message(counter: counter)
            $0.replica = writer.description
            $0.head = head.rawValue
            $0.adopted = offset.rawValue
        }
    }
}
