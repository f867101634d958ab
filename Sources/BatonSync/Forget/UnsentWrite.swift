public import BatonCore

/// Something that was written on this device and that no log holds.
public struct UnsentWrite: Sendable, Hashable {
    /// What was written.
    public let operations: [FieldOperation]
    /// When: milliseconds since 1970.
    public let time: Int64
    /// Why the server refused it for good; `nil` where it was not sent yet.
    public let refusal: Refusal?
}

extension StreamReplica {
    /// What would be lost with this replica: what waits, then what was refused, each oldest first.
    var unsentWrites: [UnsentWrite] {
        let waiting = outbox.filter { $0.fate == .waiting }.map {
            UnsentWrite(
                operations: $0.event.askedOperations, time: $0.event.timestamp.milliseconds,
                refusal: nil)
        }
        let refused = inbox.map {
            UnsentWrite(
                operations: $0.operations, time: $0.event.timestamp.milliseconds,
                refusal: $0.refusal)
        }
        return waiting + refused
    }
}
