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
    package var replica: ReplicaID {
        let bytes = Array(Self.digest("baton adopt", source.description, target.description))
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
    package func record(_ offset: Offset) -> FieldOperation {
        FieldOperation(
            Self.identity, FieldPath(["adopted", ExactText(source.description)]),
            .set(.integer(Int64(offset.rawValue))))
    }

    /// Where the adopting stream says that it has adopted `source`; `nil` where it has not.
    package func adopted(
        in state: StreamState, schemas: SchemaSet
    ) -> (upTo: Offset, at: Offset)? {
        let path = FieldPath(["adopted", ExactText(source.description)])
        guard
            case .versions(let leaf)? = state.entities[Self.identity]?.root.node(at: path),
            let write = leaf.visible.last, let number = write.value?.integer
        else { return nil }
        return (Offset(rawValue: UInt64(clamping: number)), write.stamp.offset)
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
