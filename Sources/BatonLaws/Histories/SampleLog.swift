package import BatonCore

/// One stream's log, as a server keeps it.
package struct SampleLog: Sendable {
    /// All entries in their order; the first stands at offset 1.
    package private(set) var entries: [Entry] = []
    /// What is in it.
    package private(set) var vector = VersionVector()

    /// An empty log.
    package init() {}

    /// Takes in entries, and gives them the next offsets.
    package mutating func append(_ new: [Entry]) {
        for entry in new { vector.insert(entry.dot) }
        entries += new
    }

    /// What stands at each offset, from the one after `offset` to `end` or the last.
    package func entries(after offset: Offset, upTo end: Int? = nil) -> [(Offset, Entry)] {
        let last = min(end ?? entries.count, entries.count)
        let first = Int(offset.rawValue)
        guard first < last else { return [] }
        return (first..<last).map { (Offset(rawValue: UInt64($0) + 1), entries[$0]) }
    }

    /// The state after all of the log.
    package func folded(_ schemas: SchemaSet) -> StreamState {
        var state = StreamState()
        for (offset, entry) in entries(after: .start) {
            state.apply(entry, at: offset, schemas: schemas)
        }
        return state
    }

    /// What a context names: the entries that it covers, and of `pending` those.
    package func view(
        under context: Context, pending: [Event], _ schemas: SchemaSet
    ) -> StreamState {
        var state = StreamState()
        for (offset, entry) in entries(after: .start) where context.covers(entry.dot, at: offset) {
            state.apply(entry, at: offset, schemas: schemas)
        }
        for event in pending where context.covers(event.dot, at: .start) {
            state.apply(.event(event), schemas: schemas)
        }
        return state
    }
}
