package import BatonCore
package import BatonWire

/// All rows of one stream, as they were stored.
package struct StoredStream: Sendable {
    /// Where it stands.
    package var position: StoredPosition
    /// The entities, each encoded as a state of its own, in any order.
    package var entities: [[UInt8]] = []
    /// The outbox, in the order in which its rows were first put, and among them the events that
    /// are only kept.
    package var outbox: [(dot: Dot, row: StoredPending)] = []
    /// The inbox of refused events, in the order in which its rows were put.
    package var inbox: [(dot: Dot, row: StoredRefusal)] = []

    /// Begins with no rows but the position.
    package init(_ position: StoredPosition) { self.position = position }

    /// The stream, to go on with. O(live state).
    package func replica(
        of stream: StreamID, schemas: SchemaSet, schemaDigest: SchemaDigest? = nil
    ) throws(WireFailure) -> StreamReplica {
        var states: [EntityID: EntityState] = [:]
        for entity in entities { states.merge(try Self.state(entity).entities) { $1 } }
        var pending: [PendingEvent] = []
        var kept: [KeptEvent] = []
        for (dot, row) in outbox {
            let saw = try row.saw.map { (bytes) throws(WireFailure) in
                try Self.state(bytes).vector
            }
            if row.fate == .kept {
                kept.append(KeptEvent(dot: dot, encoded: row.encoded, saw: saw))
                continue
            }
            pending.append(
                PendingEvent(
                    try Event(encoded: row.encoded, dot: dot), encoded: row.encoded, saw: saw,
                    fate: row.fate))
        }
        var refused: [RefusedEvent] = []
        for (dot, row) in inbox {
            refused.append(
                RefusedEvent(
                    stream: stream, event: try Event(encoded: row.encoded, dot: dot),
                    refusal: Refusal(
                        RefusalCode(rawValue: row.code) ?? .schemaViolation, row.reason)))
        }
        let confirmed = StreamState(
            entities: states, vector: try Self.state(position.vector).vector,
            offset: position.offset)
        return StreamReplica(
            stream: stream, schemas: schemas, schemaDigest: schemaDigest,
            replica: position.replica,
            nextCounter: position.nextCounter, cursor: position.cursor,
            clock: HybridClock(latest: position.clock),
            confirmed: confirmed,
            outbox: pending, inbox: refused, kept: kept)
    }

    private static func state(_ bytes: [UInt8]) throws(WireFailure) -> StreamState {
        try StreamState(
            try Protobuf.decode(Baton_V1_State.self, from: bytes), offset: .start)
    }
}
