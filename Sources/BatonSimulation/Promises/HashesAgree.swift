import BatonCore
import BatonSync

/// Wherever a device compares its state hash with the server's, they are equal: both made the same
/// of the same events. Under other schemas than the server's a device does not compare.
struct HashesAgree: Promise {
    static let name = "state hashes agree"

    mutating func note(_ fact: Fact, _ histories: [StreamID: History]) -> Violation? {
        switch fact {
        case .healed(let device, .stateReplaced(let stream, let ours, let theirs)):
            return broken(
                "\(stream), device \(device + 1)", expected: "the server's state hash \(theirs)",
                found: ours)
        case .failed(let device, let failure) where failure.code == .stateMismatch:
            return broken(
                "device \(device + 1)", expected: "the server's state hash",
                found: failure.cause ?? failure.message)
        default: return nil
        }
    }
}
