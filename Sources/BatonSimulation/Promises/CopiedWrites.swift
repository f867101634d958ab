import BatonCore

/// The writes of which several copies exist, since a disk on which they were pending was copied:
/// both copies push them, and where one of them had to stamp them anew before, nobody can tell that
/// they are the same.
struct CopiedWrites {
    private(set) var pending: Set<Mark> = []

    private var kept: Set<Mark> = []
    private var wasRestored = false

    mutating func note(_ fact: Fact) {
        switch fact {
        case .cloned(_, _, let disk):
            pending.formUnion(disk.pending)
            kept.formUnion(disk.kept)
            if wasRestored { pending.formUnion(disk.kept) }
        // Both copies bring back what the log had taken, whether the disk was copied before or after.
        case .restored:
            wasRestored = true
            pending.formUnion(kept)
        default: break
        }
    }
}
