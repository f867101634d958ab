import Synchronization

/// Findings as they come in; the first hundred are kept, all are counted.
final class FindingList: Sendable {
    private let state = Mutex((kept: [TortureFinding](), count: 0))

    func add(_ findings: [TortureFinding]) {
        state.withLock { state in
            state.count += findings.count
            state.kept += findings.prefix(max(0, 100 - state.kept.count))
        }
    }

    func add(_ kind: TortureFinding.Kind, _ place: String, _ text: String) {
        add([TortureFinding(kind, place, text)])
    }

    /// The findings that were kept, in the order in which they came.
    var kept: [TortureFinding] { state.withLock { $0.kept } }
    /// How many there were.
    var count: Int { state.withLock { $0.count } }
}
