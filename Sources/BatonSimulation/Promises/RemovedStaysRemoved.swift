import BatonCore

/// What was removed from a map stays removed, unless somebody edited it who had not seen the
/// removal nor been seen by it; then it is there.
///
/// Judged from what people had before their eyes when they wrote, not from the contexts of events.
struct RemovedStaysRemoved: Promise {
    static let name = "removed things stay removed"

    /// A key of a map in an entity.
    fileprivate struct Key: Hashable {
        let entity: EntityID
        let map: String
        let name: ExactText
    }

    fileprivate struct Known {
        let writing: Writing
        /// What had been written before on the same device, or on those of which it is a copy.
        let before: Set<Mark>
    }

    /// The maps that are watched, by entity type.
    private static let maps = ["cart": "lines", "wishes": "items", "profile": "addresses"]

    private var writings: [StreamID: [Known]] = [:]
    private var written: [Int: [Mark]] = [:]

    mutating func note(_ fact: Fact, _ histories: [StreamID: History]) -> Violation? {
        switch fact {
        case .wrote(let writing):
            let before = Set(writing.isThin ? [] : written[writing.device] ?? [])
            writings[writing.stream, default: []].append(Known(writing: writing, before: before))
            written[writing.device, default: []].append(writing.mark)
        case .cloned(let from, let onto, _): written[onto] = written[from]
        default: break
        }
        return nil
    }

    func judge(_ ending: Ending) -> Violation? {
        for stream in ending.streams {
            guard let history = ending.histories[stream], let state = ending.server[stream] else {
                continue
            }
            if let found = judge(stream, history, state) { return found }
        }
        return nil
    }

    private func judge(
        _ stream: StreamID, _ history: History, _ state: StreamState
    ) -> Violation? {
        var edits: [Key: [Known]] = [:]
        var removals: [Key: [Known]] = [:]
        var clearings: [Key: [Known]] = [:]
        for known in writings[stream] ?? [] {
            guard Self.place(of: known, in: history) != nil else { continue }
            for operation in known.writing.operations {
                let entity = operation.entity
                guard let map = Self.maps[entity.type],
                    operation.path.components.first?.string == map
                else { continue }
                let all = Key(entity: entity, map: map, name: "")
                switch (operation.path.components.count, operation.action) {
                case (1, .remove(.text(let name))):
                    let key = Key(entity: entity, map: map, name: name)
                    removals[key, default: []].append(known)
                    // What the same event did before, it takes back.
                    edits[key]?.removeAll { $0.writing.mark == known.writing.mark }
                case (1, .clear):
                    clearings[all, default: []].append(known)
                    for key in edits.keys where key.entity == entity && key.map == map {
                        edits[key]?.removeAll { $0.writing.mark == known.writing.mark }
                    }
                case (1, _): break
                default:
                    let name = operation.path.components[1]
                    edits[Key(entity: entity, map: map, name: name), default: []].append(known)
                }
            }
        }
        for key in edits.keys.sorted(by: { ($0.entity, $0.name) < ($1.entity, $1.name) }) {
            let all = Key(entity: key.entity, map: key.map, name: "")
            let takers = (removals[key] ?? []) + (clearings[all] ?? [])
            let survivors = (edits[key] ?? []).filter { edit in
                !takers.contains {
                    $0.writing.mark != edit.writing.mark && Self.hasSeen($0, edit, history)
                }
            }
            let isThere = Self.isThere(key, in: state)
            let place = "\(stream), \(key.entity)/\(key.map)/\(key.name)"
            if survivors.isEmpty, isThere {
                return broken(
                    place, expected: "gone: every edit had been seen by somebody who removed it",
                    found: "it is there")
            }
            if let survivor = survivors.first(where: { $0.adds(to: key.name) }), !isThere {
                return broken(
                    place,
                    expected: "there: nobody who removed it had seen \(survivor.writing.mark)",
                    found: "it is gone")
            }
        }
        return nil
    }

    /// Where a write stands; `nil` where it took no effect, or nobody can tell.
    private static func place(of known: Known, in history: History) -> History.Logged? {
        guard let places = history.places[known.writing.mark], places.count == 1,
            let place = places.first, case .event(let event) = history.entries[place].entry,
            // A kiosk that reads anew may decide on something else under the same mark.
            event.operations.withoutKeeps == known.writing.operations
        else { return nil }
        return history.entries[place]
    }

    private static func hasSeen(_ taker: Known, _ edit: Known, _ history: History) -> Bool {
        guard let at = place(of: edit, in: history), let by = place(of: taker, in: history) else {
            return false
        }
        if taker.before.contains(edit.writing.mark) { return true }
        if let seen = taker.writing.seen { return at.offset <= seen }
        // The server took the moment of writing for a kiosk that did not say what it had seen.
        guard case .event(let event) = by.entry else { return false }
        return at.offset <= event.context.seen
    }

    private static func isThere(_ key: Key, in state: StreamState) -> Bool {
        guard case .branch(let fields)? = state.entities[key.entity]?.root,
            case .branch(let keys)? = fields[ExactText(key.map)]
        else { return false }
        return keys[key.name] != nil
    }
}

extension RemovedStaysRemoved.Known {
    /// Whether the write adds to the quantity below a key, which only a removal takes away again,
    /// be it one further on in the same event.
    fileprivate func adds(to key: ExactText) -> Bool {
        var adds = false
        for operation in writing.operations {
            let path = operation.path.components
            switch operation.action {
            case .add where path.count == 3 && path[1] == key && path[2] == "quantity":
                adds = true
            case .remove(.text(key)) where path.count == 1, .clear where path.count == 1:
                adds = false
            default: break
            }
        }
        return adds
    }
}

extension [FieldOperation] {
    fileprivate var withoutKeeps: [FieldOperation] {
        filter {
            if case .keep = $0.action { return false }
            return true
        }
    }
}
