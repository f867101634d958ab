import BatonCore

/// What is known to happen to writes of devices whose disk was copied, and is no breach.
struct CopiedWrites {
    /// Pending on a disk when it was copied: both copies push them, and where one of them had to
    /// stamp them anew before, nobody can tell that they are the same.
    private(set) var pending: Set<Mark> = []
    /// Written by a copy under a dot whose event the log has compacted: it can no longer compare
    /// them, and takes the write for known (specification section 7, L3).
    private(set) var swallowed: Set<Mark> = []
    private var hasCopies = false

    mutating func note(_ fact: Fact, _ histories: [StreamID: History]) {
        switch fact {
        case .cloned(_, _, let marks):
            hasCopies = true
            pending.formUnion(marks)
        case .acknowledged(_, let stream, let dots) where hasCopies:
            for case (let dot, .start, let mark?) in dots {
                let known = histories[stream]?.entry(of: dot)
                if known?.mark != mark { swallowed.insert(mark) }
            }
        default: break
        }
    }
}
