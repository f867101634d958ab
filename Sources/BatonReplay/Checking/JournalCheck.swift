import BatonCore

/// Holds what devices wrote against what stands in the log.
struct JournalCheck: Sendable {
    /// Written and not in the log.
    private(set) var lost: [Dot] = []
    /// In the log twice, or in the log though nobody wrote it.
    private(set) var doubled: [Dot] = []
    /// In the log, each once: events that took effect.
    private(set) var kept = 0
    /// Refused for good, by code.
    private(set) var refused: [String: Int] = [:]

    /// Compares dots. O(written + entries).
    init(written: some Sequence<Dot>, log: some Sequence<Entry>) {
        var expected = Set(written)
        var seen: Set<Dot> = []
        for entry in log {
            guard seen.insert(entry.dot).inserted, expected.remove(entry.dot) != nil else {
                doubled.append(entry.dot)
                continue
            }
            switch entry {
            case .event: kept += 1
            case .void(_, let refusal): refused[refusal.code.rawValue, default: 0] += 1
            }
        }
        lost = expected.sorted()
    }
}
