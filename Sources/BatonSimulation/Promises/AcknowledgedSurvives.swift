import BatonCore
import BatonSync

/// What was acknowledged is durable before the answer leaves (L5), and stays in the log whatever
/// dies: no device ever finds that the log lacks what it had accepted, unless it was made anew from an
/// older backup.
struct AcknowledgedSurvives: Promise {
    static let name = "an acknowledged event survives"

    private var wasRestored = false

    mutating func note(_ fact: Fact, _ histories: [StreamID: History]) -> Violation? {
        switch fact {
        case .acknowledged(let device, let stream, let dots):
            for (dot, offset, _) in dots where offset != .start {
                let found = histories[stream]?.entry(of: dot)?.offset
                guard found == offset else {
                    return broken(
                        "\(stream), device \(device + 1)",
                        expected: "\(dot), acknowledged at \(offset), is durable there",
                        found: found.map { "it is at \($0)" } ?? "it is not on the server's disk")
                }
            }
        case .answered(let stream, let mark, let offset?):
            let found = histories[stream]?.offset(of: mark)
            guard found == offset || found != nil && offset == .start else {
                return broken(
                    "\(stream)", expected: "\(mark), acknowledged at \(offset), is durable there",
                    found: found.map { "it is at \($0)" } ?? "it is not on the server's disk")
            }
        case .restored: wasRestored = true
        case .healed(let device, .logReplaced(let stream, let reissued)) where !wasRestored:
            return broken(
                "\(stream), device \(device + 1)", expected: "a log that only grows",
                found: "the device found it cut short and wrote \(reissued) events anew")
        default: break
        }
        return nil
    }

    func judge(_ ending: Ending) -> Violation? {
        for stream in ending.streams {
            guard let head = ending.histories[stream]?.head, let state = ending.server[stream],
                state.offset != head
            else { continue }
            return broken(
                stream.description, expected: "a log that ends at \(head)",
                found: "it ends at \(state.offset)")
        }
        return nil
    }
}
