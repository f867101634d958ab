import BatonCore
import BatonWire

extension StreamAdoption {
    /// The events' operations: groups are joined while an event stays well within its limits.
    static func packed(_ groups: [[FieldOperation]]) -> [[FieldOperation]] {
        var packed: [[FieldOperation]] = []
        var size = 0
        for group in groups {
            let bytes = group.reduce(0) { $0 + $1.encodedSize }
            let fits =
                (packed.last?.count ?? 0) + group.count <= ProtocolLimits.operationsPerEvent / 2
                && size + bytes <= ProtocolLimits.eventBytes / 2
            if fits, !packed.isEmpty {
                packed[packed.count - 1] += group
                size += bytes
            } else {
                packed.append(group)
                size = bytes
            }
        }
        return packed
    }
}

extension FieldOperation {
    /// The bytes of its encoding.
    fileprivate var encodedSize: Int { Protobuf.encode(message).count }
}
