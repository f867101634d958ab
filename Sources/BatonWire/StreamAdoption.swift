package import BatonCore
import Crypto

/// One stream's adoption into another (specification section 10.5): its names, and what says in the
/// two streams that it happened.
package struct StreamAdoption {
    /// The stream whose state is brought over.
    package let source: StreamID
    /// The stream that adopts it.
    package let target: StreamID

    /// Names both streams, which differ.
    package init(source: StreamID, target: StreamID) {
        self.source = source
        self.target = target
    }

    /// The replica id under which the adopted state is written. Derived, so that whoever carries the
    /// adoption out, and however often, gives the same dots: it can stand in the log once only.
    package var replica: ReplicaID { replica(for: "baton adopt") }

    /// The replica id under which what was adopted is taken out again (specification section 10.9).
    package var undoingReplica: ReplicaID { replica(for: "baton adopt undo") }

    private func replica(for purpose: String) -> ReplicaID {
        let bytes = Array(Self.digest(purpose, source.description, target.description))
        func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
            bytes.reduce(0) { $0 << 8 | UInt64($1) }
        }
        // The lowest bit is set, since no id is all zero.
        return ReplicaID(high: number(bytes[0..<8]), low: number(bytes[8..<16]) | 1)
    }

    /// The id under which an entity that stays apart goes on: its own, and a mark of where it came
    /// from. One that would be too long with it is replaced by a digest.
    package func apart(_ entity: EntityID) -> EntityID {
        let mark = "~" + replica.description.prefix(12)
        let whole = entity.id + mark
        let digest = Hexadecimal.text(Self.digest("baton apart", entity.id).prefix(16))
        let id = whole.utf8.count <= 128 ? whole : digest + mark
        return (try? EntityID(type: entity.type, id: id)) ?? entity
    }

    /// The operation that leaves the forwarding mark in the adopted stream.
    package var mark: FieldOperation {
        FieldOperation(Self.identity, FieldPath(["movedTo"]), .set(.string(target.description)))
    }

    /// The operation that says in the adopting stream what was adopted: the log up to `offset`.
    package func record(_ offset: Offset) -> FieldOperation { record(Int64(offset.rawValue)) }

    /// The operation that says there that the adoption of the log up to `offset` was undone.
    package func recordOfUndo(_ offset: Offset) -> FieldOperation {
        record(-Int64(offset.rawValue))
    }

    private func record(_ number: Int64) -> FieldOperation {
        FieldOperation(Self.identity, recordPath, .set(.integer(number)))
    }

    private var recordPath: FieldPath {
        FieldPath(["adopted", ExactText(source.description)])
    }

    /// How far an adoption has come, by what the adopting stream says.
    package enum Stand: Equatable {
        /// Nothing was brought over.
        case none
        /// The log of `source` up to that offset was brought over, from the event at `at` on.
        case adopted(upTo: Offset, at: Offset)
        /// What had been brought over, up to that offset, was taken out again, from `at` on.
        case undone(upTo: Offset, at: Offset)
    }

    /// What the adopting stream's state says of `source`.
    package func stand(in state: StreamState) -> Stand {
        guard
            case .versions(let leaf)? = state.entities[Self.identity]?.root.node(at: recordPath),
            let write = leaf.visible.last, let number = write.value?.integer
        else { return .none }
        let offset = Offset(rawValue: UInt64(number.magnitude))
        return number < 0
            ? .undone(upTo: offset, at: write.stamp.offset)
            : .adopted(upTo: offset, at: write.stamp.offset)
    }

    /// What takes the adopted state out of `state` again, in groups that belong into one event.
    package func takingOut(
        of state: StreamState, before: StreamState?, schemas: SchemaSet
    ) -> [[FieldOperation]] {
        state.takingOut(replica, before: before, schemas: schemas)
            .filter { $0.first?.entity != Self.identity }
    }

    private static let identity: EntityID = {
        do {
            return try EntityID("identity/self")
        } catch {
            preconditionFailure("identity/self is \(error)")
        }
    }()

    private static func digest(_ parts: String...) -> SHA256.Digest {
        SHA256.hash(data: Array(parts.joined(separator: "\n").utf8))
    }
}
