import Foundation

/// When a log was last cared for: notes beside it, for the server that serves it to tell of. Their dates are
/// all that they say.
package enum CareNotes: String, CaseIterable, Sendable {
    /// `baton backup` made one.
    case backup
    /// `baton compact` went through all streams.
    case compaction
    /// `baton verify` looked at everything, and all was sound.
    case verification

    private func path(in folder: String) -> String { "\(folder)/last-\(rawValue)" }

    /// Notes that it was done now. Who may not write there leaves no note.
    package func note(in folder: String) {
        try? Data().write(to: URL(fileURLWithPath: path(in: folder)))
    }

    /// Seconds since 1970 of the last time; `nil` for never.
    func last(in folder: String) -> Int? {
        var facts = stat()
        guard stat(path(in: folder), &facts) == 0 else { return nil }
        return Int(facts.st_mtim.tv_sec)
    }
}
