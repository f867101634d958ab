import BatonCore
import BatonLog
import BatonServer
import BatonWire

/// One entry as it stands in a log.
struct StoredEntry {
    let offset: Offset
    let receivedAt: Int64
    let entry: Entry

    /// Every entry above the horizon, or those after `start`, at most `limit`.
    static func read(
        _ key: StreamKey, from log: some LogEngine, after start: Offset = .start, limit: Int = .max
    ) async throws -> [StoredEntry] {
        var entries: [StoredEntry] = []
        let head = try await log.head(of: key)
        var position = max(start, head.horizon)
        let bar = ProgressBar("reading")
        defer { bar.end() }
        let total = min(Int(head.offset.rawValue - min(position, head.offset).rawValue), limit)
        while entries.count < limit {
            let slice = try await log.read(
                key, after: position,
                limit: ReadLimit(events: min(1_000, limit - entries.count), bytes: 1 << 20))
            for chunk in slice.chunks {
                for (index, entry) in try ChunkEntries.read(chunk).enumerated() {
                    entries.append(
                        StoredEntry(
                            offset: Offset(rawValue: chunk.offset.rawValue + UInt64(index)),
                            receivedAt: chunk.receivedAt, entry: entry))
                }
            }
            guard let last = slice.chunks.last?.lastOffset else { break }
            position = last
            bar.show(entries.count, of: total)
        }
        return entries
    }

    /// The entry as far as it is seen.
    func shown(in sight: Sight) -> StoredEntry {
        StoredEntry(offset: offset, receivedAt: receivedAt, entry: sight.shown(entry))
    }
}

extension FieldOperation {
    /// The operation on one line: `/lines/a/quantity add 2`.
    var line: String {
        let argument: String
        switch action {
        case .set(let value), .add(let value), .remove(let value), .append(let value),
            .keep(let value, _):
            argument = " " + value.canonicalJSON
        case .move(let from, let to): argument = " \(from) → \(to)"
        case .clear, .unknown: argument = ""
        }
        return "\(path) \(action.name)\(argument)"
    }
}
