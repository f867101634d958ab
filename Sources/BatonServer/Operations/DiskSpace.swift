import Foundation

/// The room on the disk that a folder lies on.
struct DiskSpace: Hashable, Sendable {
    /// Bytes that a process without privileges may still write.
    let free: Int
    /// Bytes that there are in all.
    let total: Int

    init(free: Int, total: Int) {
        self.free = free
        self.total = total
    }

    /// Asks the system (statvfs(3)); `nil` where it does not say.
    init?(of folder: String) {
        var facts = statvfs()
        guard statvfs(folder, &facts) == 0 else { return nil }
        self.init(
            free: Int(facts.f_bavail) * Int(facts.f_frsize),
            total: Int(facts.f_blocks) * Int(facts.f_frsize))
    }
}
