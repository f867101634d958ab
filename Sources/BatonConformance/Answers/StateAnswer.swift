import BatonCore
import BatonWire

/// Cases of merged state: folding, snapshots, and what a writer must add.
enum StateAnswer {
    static func state(_ given: Given) throws(UnreadableCase) -> [ExactText: Value] {
        let schemas = try given.schemas()
        var state = StreamState()
        try state.fold(given.allEntries(), schemas: schemas)
        return members(of: state, schemas: schemas)
    }

    /// The log up to a cut becomes a snapshot, which is written, read again and gone on from.
    static func compaction(_ given: Given) throws(UnreadableCase) -> [ExactText: Value] {
        let schemas = try given.schemas()
        let entries = try given.allEntries()
        let cut = Offset(rawValue: try given.member("cut").number())
        let isFolded = { (placed: PlacedEntry) in placed.offset != .start && placed.offset <= cut }
        var before = StreamState()
        try before.fold(entries.filter(isFolded), schemas: schemas)
        let message = Protobuf.encode(before.message)
        var state = try given.reading {
            try StreamState(
                Protobuf.decode(Baton_V1_State.self, from: message), offset: before.offset)
        }
        try state.fold(entries.filter { !isFolded($0) }, schemas: schemas)
        var members = members(of: state, schemas: schemas)
        members["snapshotHash"] = .string(StateHash(of: before).description)
        return members
    }

    /// A snapshot that another implementation wrote is checked, taken, and gone on from.
    static func snapshot(_ given: Given) throws(UnreadableCase) -> [ExactText: Value] {
        let schemas = try given.schemas()
        let bytes = try given.member("state").bytes()
        let offset = Offset(rawValue: try given.member("offset").number())
        let hash = try given.member("stateHash").text()
        let read = try? StreamState(
            Protobuf.decode(Baton_V1_State.self, from: bytes), offset: offset)
        guard var state = read, StateHash(of: state).description == hash else {
            return ["taken": .boolean(false)]
        }
        try state.fold(given.allEntries(), schemas: schemas)
        return members(of: state, schemas: schemas).merging(["taken": .boolean(true)]) { $1 }
    }

    /// The log is folded under some schemas, and refolded once others come into force.
    static func refold(_ given: Given) throws(UnreadableCase) -> [ExactText: Value] {
        var state = StreamState()
        try state.fold(given.allEntries(), schemas: given.schemas())
        let schemas = try given.schemas("then")
        return members(of: state.refolded(schemas: schemas), schemas: schemas)
    }

    /// The keeps that must go with operations, by their canonical JSON, and whether the entries that
    /// they edit stay such that they can be edited in part.
    static func keeps(_ short: Given) throws(UnreadableCase) -> [ExactText: Value] {
        let given = try short.repeatingOperations()
        let schemas = try given.schemas()
        var state = StreamState()
        try state.fold(given.allEntries(), schemas: schemas)
        let operations = try given.operations()
        let keeps = state.keeps(for: operations, schemas: schemas)
        let overgrowth = state.overgrowth(
            by: operations + keeps, bytes: ProtocolLimits.eventBytes, schemas: schemas)
        let shown = try given.reading {
            try keeps.map { try JSONValue.read(Protobuf.encodeJSON($0.message)) }
        }
        return ["keeps": .list(shown.sorted()), "fits": .boolean(overgrowth == nil)]
    }

    /// What is compared of a state.
    static func members(of state: StreamState, schemas: SchemaSet) -> [ExactText: Value] {
        var values: [ExactText: Value] = [:]
        for entity in state.entities.keys {
            values[ExactText(entity.description)] = state.value(of: entity, schemas: schemas)
        }
        return [
            "canonical": .string(state.canonicalJSON),
            "stateHash": .string(StateHash(of: state).description),
            "values": .object(values),
            "conflicts": .list(state.conflicts(schemas: schemas).map(\.answer)),
        ]
    }
}

extension Conflict {
    fileprivate var answer: Value {
        .object([
            "entity": .string(entity.description), "path": .string(path.pointer),
            "rule": .string(rule), "picked": picked.answer,
            "overruled": .list(overruled.map(\.answer)),
        ])
    }
}

extension Conflict.Side {
    fileprivate var answer: Value {
        .object(["dot": .string(dot.description), "value": value ?? .null])
    }
}
