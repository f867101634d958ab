public import BatonCore
import SwiftProtobuf

extension StreamState {
    /// The state's message: everything that a replica needs to go on from here. O(n log n).
    public var message: Baton_V1_State {
        var replicas = ReplicaTable()
        var message = Baton_V1_State()
        for entry in vector.sorted { replicas.add(entry.replica, counter: entry.counter) }
        for id in entities.keys.sorted() {
            guard let entity = entities[id] else { continue }
            message.entities.append(entity.message(id: id, replicas: &replicas))
        }
        message.replicas = replicas.names
        message.vector = replicas.counters
        return message
    }

    /// Reads a state that covers the log up to `offset`.
    public init(_ message: Baton_V1_State, offset: Offset) throws(WireFailure) {
        var replicas: [ReplicaID] = []
        for name in message.replicas { replicas.append(try Names.replica(name)) }
        guard message.vector.count <= replicas.count else {
            throw WireFailure(.malformedEvent, "the state's vector is longer than its replicas")
        }
        var counters: [ReplicaID: Counter] = [:]
        for (index, counter) in message.vector.enumerated() where counter > 0 {
            try counters.enter(Dot(replicas[index], Numbers.counter(counter)))
        }
        var entities: [EntityID: EntityState] = [:]
        for entity in message.entities {
            entities[try Names.entity(entity.entity)] = try EntityState(entity, replicas: replicas)
        }
        self.init(entities: entities, vector: VersionVector(counters), offset: offset)
    }
}

extension EntityState {
    /// Reads one entity; `replicas` is the table that its indices mean.
    public init(_ message: Baton_V1_EntityState, replicas: [ReplicaID]) throws(WireFailure) {
        let reader = NodeReader(replicas: replicas)
        var unknown: [Unknown] = []
        for item in message.unknown {
            unknown.append(
                Unknown(
                    stamp: try reader.stamp(item.stamp),
                    operation: try FieldOperation(item.operation)))
        }
        self.init(root: try reader.node(message.root), unknown: unknown)
    }

    /// The entity's message; replicas that `replicas` lacks are added to it.
    public func message(id: EntityID, replicas: inout ReplicaTable) -> Baton_V1_EntityState {
        var message = Baton_V1_EntityState()
        message.entity = id.description
        message.root = root.message(replicas: &replicas)
        for item in unknown {
            message.unknown.append(
                .with {
                    $0.stamp = item.stamp.message(replicas: &replicas)
                    $0.operation = item.operation.message
                })
        }
        return message
    }
}

/// Replicas by the index under which a state's message names them.
public struct ReplicaTable: Sendable {
    private var indices: [ReplicaID: UInt32] = [:]
    /// The text forms, by index.
    public private(set) var names: [String] = []
    /// The vector's counter of each; 0 where the vector has none.
    private(set) var counters: [UInt64] = []

    /// An empty table.
    public init() {}

    mutating func add(_ replica: ReplicaID, counter: Counter) {
        let index = Int(self.index(of: replica))
        while counters.count <= index { counters.append(0) }
        counters[index] = counter.rawValue
    }

    mutating func index(of replica: ReplicaID) -> UInt32 {
        if let index = indices[replica] { return index }
        let index = UInt32(names.count)
        indices[replica] = index
        names.append(replica.description)
        return index
    }
}
