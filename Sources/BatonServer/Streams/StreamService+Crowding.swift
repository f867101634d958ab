import BatonCore
import BatonLog

extension StreamService {
    /// Whether an event that fills a field beyond its bound may have been right when it was written:
    /// somebody took something out of the field that its writer, who still saw it, may be editing.
    /// Also where the log that would tell is gone: what was written while apart is not refused on
    /// suspicion. O(events that the writer had not seen).
    func isExcused(
        _ crowding: Crowding, by context: Context, in key: StreamKey
    ) async throws(Problem) -> Bool {
        let head = try await StateCache.asking { () async throws(LogFailure) in
            try await engine.head(of: key)
        }
        guard context.seen < head.offset else { return false }
        // Of the log alone: a verdict must not hang on which archive a server was given.
        let history = try await StreamHistory(of: key, in: engine, archive: nil, limits: limits)
        guard context.seen >= history.beginning else { return true }
        var isLessened = false
        try await history.entries(after: context.seen, through: head.offset) {
            (entry, offset, _) in
            guard case .event(let event) = entry, !context.covers(event.dot, at: offset)
            else { return true }
            isLessened = event.operations.contains(where: crowding.isLessened)
            return !isLessened
        }
        return isLessened
    }
}
