import BatonCore
import BatonWire

/// An entry with its place in the log; ``Offset/start`` where it is pending.
struct PlacedEntry {
    let offset: Offset
    let entry: Entry
}

extension Given {
    /// The schemas in force: built-in ones by name, others as documents.
    func schemas(_ name: String = "schemas") throws(UnreadableCase) -> SchemaSet {
        var schemas: [Schema] = []
        for place in try member(name).list() {
            if let name = place.value.string {
                guard let builtin = BuiltinSchemas.all[name] else {
                    throw place.failure("no built-in schema is called that")
                }
                schemas.append(builtin)
            } else {
                schemas.append(
                    try place.reading { try Schema(json: place.value.canonicalBytes) })
            }
        }
        return SchemaSet(schemas)
    }

    /// The bytes of this part's JSON.
    var json: [UInt8] { value.canonicalBytes }

    /// A batch in the JSON form of its message.
    func batch() throws(UnreadableCase) -> Baton_V1_Batch {
        try reading { try Protobuf.decodeJSON(Baton_V1_Batch.self, from: json) }
    }

    /// The entries of a batch, with their offsets.
    func entries() throws(UnreadableCase) -> [PlacedEntry] {
        let message = try batch()
        let most = largestExactInteger - UInt64(message.events.count)
        guard let replica = ReplicaID(message.replica), (1...most).contains(message.counter),
            message.offset <= most
        else { throw failure("no batch of a replica's events, counted from 1") }
        var entries: [PlacedEntry] = []
        for (index, event) in message.events.enumerated() {
            let dot = Dot(replica, Counter(rawValue: message.counter + UInt64(index)))
            let offset = message.offset == 0 ? 0 : message.offset + UInt64(index)
            let entry = try reading { try Entry(event, dot: dot) }
            entries.append(PlacedEntry(offset: Offset(rawValue: offset), entry: entry))
        }
        return entries
    }

    /// The entries of all batches, in their order.
    func allEntries() throws(UnreadableCase) -> [PlacedEntry] {
        var entries: [PlacedEntry] = []
        for batch in try member("batches").list() { entries += try batch.entries() }
        return entries
    }

    /// The one event of a batch.
    func event() throws(UnreadableCase) -> Event {
        let entries = try entries()
        guard entries.count == 1, case .event(let event) = entries[0].entry else {
            throw failure("a batch of one event is expected")
        }
        return event
    }

    /// Operations in the JSON form of their messages.
    func operations() throws(UnreadableCase) -> [FieldOperation] {
        var operations: [FieldOperation] = []
        for place in try member("operations").list() {
            operations.append(
                try place.reading {
                    try FieldOperation(
                        Protobuf.decodeJSON(Baton_V1_Operation.self, from: place.json))
                })
        }
        return operations
    }

    func role() throws(UnreadableCase) -> Role {
        guard let role = Role(rawValue: try text()) else { throw failure("no role is called that") }
        return role
    }
}

extension StreamState {
    /// Folds entries that follow each other.
    mutating func fold(
        _ entries: some Sequence<PlacedEntry>, schemas: SchemaSet
    ) throws(UnreadableCase) {
        for placed in entries {
            let outcome = apply(placed.entry, at: placed.offset, schemas: schemas)
            if case .gap(let expected) = outcome {
                throw UnreadableCase("\(placed.entry.dot) comes where \(expected) must")
            }
        }
    }
}
