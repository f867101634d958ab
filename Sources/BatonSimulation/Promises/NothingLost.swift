import BatonCore

/// Every write of which a person was told that it is safe – on the device's disk, or by the server –
/// is in the log in the end, as an event or as the record of its refusal. Where the log is made anew from
/// a backup, that may lack what came after it and no device holds any more, and nothing else.
struct NothingLost: Promise {
    static let name = "nothing durable is lost"

    private var told: [(mark: Mark, stream: StreamID, device: Int)] = []
    private var thin: [Mark: Int] = [:]
    private var gone: Set<Mark> = []

    mutating func note(_ fact: Fact, _ histories: [StreamID: History]) -> Violation? {
        switch fact {
        case .wrote(let writing) where writing.isThin: thin[writing.mark] = writing.device
        case .wrote(let writing) where writing.isTold:
            told.append((writing.mark, writing.stream, writing.device))
        case .answered(let stream, let mark, .some): told.append((mark, stream, thin[mark] ?? 0))
        case .restored(let log): gone.formUnion(log.gone)
        default: break
        }
        return nil
    }

    func judge(_ ending: Ending) -> Violation? {
        for (mark, stream, device) in told where !gone.contains(mark) {
            // In the stream that it was written to, or in one that adopted that.
            let isLogged = ending.histories.values.contains { $0.places[mark] != nil }
            let isRefused = ending.refused.values.contains { refused in
                refused.contains { Mark(of: $0.event) == mark }
            }
            guard !isLogged && !isRefused else { continue }
            return broken(
                "\(stream), device \(device + 1)", expected: "\(mark), which was saved, in the log",
                found: "it is nowhere")
        }
        return nil
    }
}
