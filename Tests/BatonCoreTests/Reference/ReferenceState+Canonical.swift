import BatonCore

extension ReferenceState {
    /// The canonical encoding, put together as text from the definition.
    var canonicalJSON: String {
        let entities = Set(live.map(\.operation.entity)).map { entity in
            (entity.description, Self.encode(live.filter { $0.operation.entity == entity }))
        }
        return Self.object([("entities", Self.object(entities))])
    }

    private static func encode(_ things: [Thing]) -> String {
        var members = [("fields", fields(things.filter { $0.rule != nil }, depth: 0))]
        let unknown = things.filter { $0.rule == nil }
            .sorted { ($0.dot, $0.number) < ($1.dot, $1.number) }
            .map { object([("dot", quote($0.dot)), ("operation", encode($0.operation))]) }
        if !unknown.isEmpty { members.append(("unknown", array(unknown))) }
        return object(members)
    }

    private static func fields(_ things: [Thing], depth: Int) -> String {
        if let thing = things.first, thing.operation.path.components.count == depth {
            return leaf(things, thing.rule)
        }
        let keys = Set(things.map { $0.operation.path.components[depth] })
        return object(
            keys.map { key in
                let inside = things.filter { $0.operation.path.components[depth] == key }
                return (key.string, fields(inside, depth: depth + 1))
            })
    }

    private static func leaf(_ things: [Thing], _ rule: Rule?) -> String {
        switch rule {
        case .count:
            return object([
                ("bases", parts(bases(things))),
                ("increments", parts(things.filter(\.isIncrement))),
            ])
        case .set:
            return array(
                Set(things.compactMap(\.value)).sorted().map { element in
                    let dots = things.filter { $0.value == element }.map(\.dot).sorted()
                    return object([("dots", array(dots.map(quote))), ("value", encode(element))])
                })
        case .log:
            return array(
                inTime(things).map {
                    object([
                        ("dot", quote($0.dot)), ("time", encode($0.time)),
                        ("value", encode($0.value ?? .null)),
                    ])
                })
        default:
            return array(
                things.sorted { ($0.dot, $0.origin) < ($1.dot, $1.origin) }.map { thing in
                    var members = [
                        ("dot", quote(thing.dot)), ("time", encode(thing.writtenAt)),
                        ("value", encode(thing.value ?? .null)),
                    ]
                    if let from = thing.firstFrom { members.append(("from", quote(from))) }
                    if thing.isKeep { members.append(("origin", quote(thing.origin))) }
                    return object(members)
                })
        }
    }

    /// One number for each event: its increments add up.
    private static func parts(_ things: [Thing]) -> String {
        array(
            Set(things.map(\.dot)).sorted().map { dot in
                let number = things.filter { $0.dot == dot }.map(\.number64).reduce(0, +)
                return object([("dot", quote(dot)), ("number", String(number))])
            })
    }

    private static func encode(_ operation: FieldOperation) -> String {
        let path = ("path", quote(operation.path))
        switch operation.action {
        case .set(let value): return object([path, ("set", encode(value))])
        case .add(let value): return object([path, ("add", encode(value))])
        default: return object([path, ("other", "null")])
        }
    }

    private static func encode(_ time: Timestamp) -> String {
        "[\(time.milliseconds),\(time.tick)]"
    }

    private static func encode(_ value: Value) -> String {
        switch value {
        case .null: return "null"
        case .boolean(let flag): return String(flag)
        case .integer(let number): return String(number)
        case .text(let text): return quote(text)
        case .list(let list): return array(list.map(encode))
        case .object(let members): return object(members.map { ($0.key.string, encode($0.value)) })
        }
    }

    private static func array(_ elements: [String]) -> String {
        "[" + elements.joined(separator: ",") + "]"
    }

    private static func object(_ members: [(String, String)]) -> String {
        let sorted = members.sorted {
            Array($0.0.utf16).lexicographicallyPrecedes(Array($1.0.utf16))
        }
        return "{" + sorted.map { "\(quote($0.0)):\($0.1)" }.joined(separator: ",") + "}"
    }

    // The histories use no text that JSON would escape.
    private static func quote(_ text: some CustomStringConvertible) -> String {
        "\"\(text.description)\""
    }
}

extension ReferenceState.Thing {
    /// Of a move: the state that the first of its event's moves left that was not taken away
    /// between the two.
    fileprivate var firstFrom: ExactText? {
        guard case .move(var from, _) = operation.action else { return nil }
        for earlier in author.event.operations.prefix(number).reversed()
        where earlier.entity == operation.entity {
            switch earlier.action {
            case .move(let before, _) where earlier.path == operation.path: from = before
            case .remove(.text(let key)):
                let removed = earlier.path.appending(key)
                if removed.isPrefix(of: operation.path) { return from }
            case .clear where earlier.path.isPrefix(of: operation.path): return from
            default: continue
            }
        }
        return from
    }
}
