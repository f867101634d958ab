import BatonCore
import BatonWire

/// A stream that was adopted takes nothing more, and all that it held is in the stream that adopted
/// it, once: quantities add up, tags are joined, orders stay apart.
struct AdoptedOnce: Promise {
    static let name = "an adopted stream is in its adopter once"

    func judge(_ ending: Ending) -> Violation? {
        for source in ending.streams {
            guard let history = ending.histories[source] else { continue }
            for (target, mark) in history.adoptions(of: source) {
                let adoption = StreamAdoption(source: source, target: target)
                if let found = judge(adoption, mark, history, ending) { return found }
            }
        }
        return nil
    }

    private func judge(
        _ adoption: StreamAdoption, _ mark: Offset, _ source: History, _ ending: Ending
    ) -> Violation? {
        let place = "\(adoption.source) in \(adoption.target)"
        if source.head > mark {
            return broken(
                place, expected: "nothing in \(adoption.source) after the mark at \(mark)",
                found: "it goes on to \(source.head)")
        }
        guard let target = ending.histories[adoption.target] else { return nil }
        let brought = target.entries.filter { $0.entry.dot.replica == adoption.replica }
        guard let first = brought.first?.offset, let last = brought.last?.offset,
            last.rawValue - first.rawValue + 1 == UInt64(brought.count)
        else {
            return broken(
                place, expected: "one run of events that bring it over",
                found: "\(brought.count) events of \(adoption.replica)")
        }
        let schemas = ending.schemas
        let before = Offset(rawValue: first.rawValue - 1)
        let sides = Sides(
            adoption: adoption, source: source.folded(schemas),
            before: target.folded(upTo: before, schemas),
            after: target.folded(upTo: last, schemas), schemas: schemas)
        return sides.difference.map {
            broken(place, expected: "what both held, once", found: $0)
        }
    }
}

extension History {
    /// The adoptions that were not called off: into which stream, and where the mark stands.
    fileprivate func adoptions(of source: StreamID) -> [(target: StreamID, mark: Offset)] {
        var standing: (StreamID, Offset)?
        for logged in entries {
            guard case .event(let event) = logged.entry else { continue }
            for operation in event.operations
            where operation.entity.type == "identity" && operation.path == FieldPath(["movedTo"]) {
                switch operation.action {
                case .set(.text(let name)):
                    standing = (try? StreamID(name.string)).map { ($0, logged.offset) }
                default: standing = nil
                }
            }
        }
        return standing.map { [$0] } ?? []
    }
}

/// What was on both sides of an adoption, and what came of it.
private struct Sides {
    let adoption: StreamAdoption
    let source: StreamState
    let before: StreamState
    let after: StreamState
    let schemas: SchemaSet

    /// The first thing that is not as it must be.
    var difference: String? {
        for id in source.entities.keys.sorted() {
            switch id.type {
            case "cart":
                for sku in keys(of: source, id, "lines") {
                    let path = FieldPath(["lines", sku, "quantity"])
                    if let found = wrongCount(id, path) { return found }
                }
                if let found = missing(id, FieldPath(["coupons"])) { return found }
            case "wishes":
                if let found = wrongCount(id, FieldPath(["hearts"])) { return found }
                if let found = missing(id, FieldPath(["tags"])) { return found }
            case "order":
                let ours = source.value(of: id, schemas: schemas)
                let theirs = after.value(of: adoption.apart(id), schemas: schemas)
                if ours?["status"] != theirs?["status"] || goods(ours) != goods(theirs) {
                    return "\(adoption.apart(id)) is \(theirs?.canonicalJSON ?? "nothing"), "
                        + "\(id) was \(ours?.canonicalJSON ?? "nothing")"
                }
            default: break
            }
        }
        return nil
    }

    /// The lines of an order that are of something: a count of 0 is not brought over.
    private func goods(_ order: Value?) -> [ExactText: Value] {
        guard case .object(let lines)? = order?["lines"] else { return [:] }
        return lines.filter { ($0.value["quantity"]?.integer ?? 0) != 0 }
    }

    private func keys(of state: StreamState, _ id: EntityID, _ map: ExactText) -> [ExactText] {
        guard case .branch(let keys)? = node(state, id, FieldPath([map])) else { return [] }
        return keys.keys.sorted()
    }

    private func node(_ state: StreamState, _ id: EntityID, _ path: FieldPath) -> Node? {
        state.entities[id]?.root.node(at: path)
    }

    /// A count as it shows, or with all that is below its floor.
    private func number(
        _ state: StreamState, _ id: EntityID, _ path: FieldPath, isShown: Bool
    ) -> Int64 {
        guard let node = node(state, id, path),
            case .count(let rule)? = schemas[id.type]?.place(at: path)?.rule
        else { return 0 }
        let read = isShown ? rule : CountRule(base: rule.base)
        return node.value(rule: .count(read))?.integer ?? 0
    }

    private func wrongCount(_ id: EntityID, _ path: FieldPath) -> String? {
        let old = number(before, id, path, isShown: false)
        let brought = number(source, id, path, isShown: true)
        let new = number(after, id, path, isShown: false)
        return new == old + brought
            ? nil : "\(id)\(path) is \(new); it was \(old), and \(brought) came"
    }

    private func missing(_ id: EntityID, _ path: FieldPath) -> String? {
        guard case .set(let ours)? = node(source, id, path) else { return nil }
        var theirs: Set<Value> = []
        if case .set(let leaf)? = node(after, id, path) { theirs = Set(leaf.elements.keys) }
        let lost = ours.elements.keys.filter { !theirs.contains($0) }.sorted()
        return lost.first.map { "\(id)\(path) lacks \($0.canonicalJSON)" }
    }
}
