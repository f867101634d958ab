package import BatonCore

extension StreamState {
    /// Why an event of `operations`, its keeps among them, that is to be written on top of this state
    /// makes a map entry too large ever to be edited in part again; `nil` where it makes none so.
    ///
    /// It is the writer's to hold to: whoever edits a part of an entry says again, in the same event,
    /// all else that lives there, and an event holds only so much (specification section 5.5). An entry
    /// that is too large already, because several made it grow while apart, may shrink, and stay as
    /// it is. `bytes` are those of the encoded event. O(operations).
    package func overgrowth(
        by operations: [FieldOperation], bytes: Int, schemas: SchemaSet
    ) -> String? {
        let most = ProtocolLimits.keptBytesPerEntry
        // What fits all together needs no look at the entries.
        if bytes + operations.count * KeptSize.origin <= most { return nil }
        for entry in entries(editedBy: operations, schemas: schemas) {
            let size = KeptSize.bytes(of: entry.said)
            guard size > most, size > KeptSize.bytes(of: kept(in: entry.path, of: entry.entity))
            else { continue }
            return
                "\(entry.entity)\(entry.path) would hold what takes \(size) bytes to keep; an entry "
                + "of a map may hold \(most), so that one event can edit a part of it and keep the "
                + "rest: put less into it, or use several entries"
        }
        return nil
    }
}

/// What operations take in an event that keeps what they say.
private enum KeptSize {
    /// What naming its origin adds to an operation that sets a value: the replica id as text,
    /// counter, offset and time. The same for each, so that an entry weighs the same before and
    /// after somebody keeps it. The entity's name is left out: what a cart holds fits into the order
    /// that it becomes.
    static let origin = 64

    static func bytes(of operations: [FieldOperation]) -> Int {
        operations.reduce(0) { sum, operation in
            let value: Value
            switch operation.action {
            case .set(let written), .add(let written), .keep(let written, _): value = written
            case .move(_, let state): value = .text(state)
            default: return sum
            }
            var kept = FieldOperation(operation.entity, operation.path, .set(value)).message
            kept.entity = ""
            return sum + Protobuf.encode(kept).count + origin
        }
    }
}
