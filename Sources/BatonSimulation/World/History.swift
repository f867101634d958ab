import BatonCore
import BatonLog
import BatonServer
import BatonWire

/// All that ever became durable in one stream's log: kept outside of the system under test, so that
/// compaction, crashes and bugs of that cannot touch it.
struct History {
    /// One entry of the log.
    struct Logged {
        let offset: Offset
        let entry: Entry
        /// Which write it is; of a void entry, the write that was refused.
        let mark: Mark?
    }

    /// The entries in the order in which they became durable.
    private(set) var entries: [Logged] = []
    /// Where each write stands, by index.
    private(set) var places: [Mark: [Int]] = [:]
    /// What was pushed under each dot, to know a refused event by its void entry.
    private var pushed: [Dot: [Mark]] = [:]
    private var byDot: [Dot: Int] = [:]

    /// Takes in which writes a device pushes under which dots.
    mutating func push(_ event: Event) {
        guard let mark = Mark(of: event) else { return }
        if pushed[event.dot]?.contains(mark) != true { pushed[event.dot, default: []].append(mark) }
    }

    /// Takes in what has become durable. Returns the new entries.
    mutating func grow(by chunk: Chunk) throws(WireFailure) -> [Logged] {
        var new: [Logged] = []
        for (index, entry) in try ChunkEntries.read(chunk).enumerated() {
            let mark: Mark?
            switch entry {
            case .event(let event): mark = Mark(of: event)
            // Where several were pushed under this dot, nobody can tell which was refused.
            case .void(let dot, _): mark = pushed[dot]?.count == 1 ? pushed[dot]?.first : nil
            }
            let logged = Logged(
                offset: Offset(rawValue: chunk.offset.rawValue + UInt64(index)), entry: entry,
                mark: mark)
            new.append(logged)
            if let mark { places[mark, default: []].append(entries.count) }
            if byDot[entry.dot] == nil { byDot[entry.dot] = entries.count }
            entries.append(logged)
        }
        return new
    }

    /// Forgets what came after `end`, for the log was made anew from a backup that ends there. Returns
    /// what is forgotten.
    mutating func cut(after end: Offset) -> [Logged] {
        let kept = entries.prefix { $0.offset <= end }
        let lost = Array(entries[kept.count...])
        entries = Array(kept)
        places = places.compactMapValues { indices in
            let left = indices.filter { $0 < entries.count }
            return left.isEmpty ? nil : left
        }
        byDot = byDot.filter { $0.value < entries.count }
        return lost
    }

    /// The last offset.
    var head: Offset { entries.last?.offset ?? .start }

    /// The entry of a dot.
    func entry(of dot: Dot) -> Logged? { byDot[dot].map { entries[$0] } }

    /// Where a write stands first.
    func offset(of mark: Mark) -> Offset? { places[mark]?.first.map { entries[$0].offset } }

    /// The state that the entries after `start` make on top of a state.
    func folded(
        onto start: StreamState = StreamState(), upTo end: Offset? = nil, _ schemas: SchemaSet
    ) -> StreamState {
        var state = start
        for logged in entries where logged.offset > start.offset {
            if let end, logged.offset > end { break }
            state.apply(logged.entry, at: logged.offset, schemas: schemas)
        }
        return state
    }
}
