import BatonCore

extension ReferenceState {
    /// The canonical encoding, put together as text from the definition.
    package var canonicalJSON: String {
        let entities = live.map { entity, things in (entity.description, encode(things)) }
        return Self.object([("entities", Self.object(entities))])
    }

    private func encode(_ things: [Thing]) -> String {
        var members = [("fields", fields(things.filter { $0.rule != nil }, depth: 0))]
        let unknown = things.filter { $0.rule == nil }
            .sorted { ($0.dot, $0.number) < ($1.dot, $1.number) }
            .map {
                Self.object([
                    ("dot", Self.quote($0.dot)), ("operation", Self.encode($0.operation)),
                ])
            }
        if !unknown.isEmpty { members.append(("unknown", Self.array(unknown))) }
        return Self.object(members)
    }

    private func fields(_ things: [Thing], depth: Int) -> String {
        if let thing = things.first, thing.path.count == depth { return leaf(things, thing.rule) }
        return Self.object(
            Set(things.map { $0.path[depth] }).map { key in
                (key.string, fields(things.filter { $0.path[depth] == key }, depth: depth + 1))
            })
    }

    private func leaf(_ things: [Thing], _ rule: Rule?) -> String {
        switch rule {
        case .count:
            let bases = Self.bases(things).map { ($0.dot, $0.number64) }.sorted { $0.0 < $1.0 }
            return Self.object([
                ("bases", Self.parts(bases)),
                ("increments", Self.parts(Self.increments(things).map { ($0.dot, $0.number) })),
            ])
        case .set:
            return Self.array(
                Set(things.compactMap(\.value)).sorted().map { element in
                    let dots = Set(things.filter { $0.value == element }.map(\.dot)).sorted()
                    return Self.object([
                        ("dots", Self.array(dots.map(Self.quote))), ("value", Self.encode(element)),
                    ])
                })
        case .log:
            return Self.array(
                Self.inTime(things).map {
                    Self.object([
                        ("dot", Self.quote($0.dot)), ("time", Self.encode($0.time)),
                        ("value", Self.encode($0.value ?? .null)),
                    ])
                })
        default:
            return Self.array(
                things.sorted { ($0.dot, $0.origin) < ($1.dot, $1.origin) }.map { thing in
                    var members = [
                        ("dot", Self.quote(thing.dot)), ("time", Self.encode(thing.writtenAt)),
                        ("value", Self.encode(thing.value ?? .null)),
                    ]
                    if let from = thing.firstFrom(of: schemas) {
                        members.append(("from", Self.quote(from)))
                    }
                    if thing.isKeep { members.append(("origin", Self.quote(thing.origin))) }
                    return Self.object(members)
                })
        }
    }

    private static func parts(_ parts: [(Dot, Int64)]) -> String {
        array(parts.map { object([("dot", quote($0.0)), ("number", String($0.1))]) })
    }

    private static func encode(_ operation: FieldOperation) -> String {
        let argument: (String, String)
        switch operation.action {
        case .set(let value): argument = ("set", encode(value))
        case .clear: argument = ("clear", "{}")
        case .add(let value): argument = ("add", encode(value))
        case .remove(let value): argument = ("remove", encode(value))
        case .move(let from, let to):
            argument = ("move", object([("from", quote(from)), ("to", quote(to))]))
        case .append(let value): argument = ("append", encode(value))
        case .keep(let value, let origin):
            var members = [
                ("dot", quote(origin.dot)), ("time", encode(origin.timestamp)),
                ("value", encode(value)),
            ]
            if origin.isBeside { members.append(("beside", "true")) }
            argument = ("keep", object(members))
        case .unknown(let bytes): argument = ("unknown", array(bytes.map { String($0) }))
        }
        return object([("path", quote(operation.path.pointer)), argument])
    }

    private static func encode(_ time: Timestamp) -> String {
        "[\(time.milliseconds),\(time.tick)]"
    }
}
