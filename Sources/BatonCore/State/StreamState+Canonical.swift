extension StreamState {
    /// The canonical encoding of the state: RFC 8785 JSON of every live dot and what it holds
    /// (specification section 6.1). Its SHA-256 is the state hash. O(n log n) in the live state.
    public var canonicalJSON: String {
        var members: [ExactText: Value] = [:]
        for (id, entity) in entities {
            members[ExactText(id.description)] = entity.canonicalValue
        }
        return Value.object(["entities": .object(members)]).canonicalJSON
    }
}

extension EntityState {
    /// The entity in the shape of the canonical encoding.
    public var canonicalValue: Value {
        var members: [ExactText: Value] = ["fields": root.canonicalValue]
        if !unknown.isEmpty {
            members["unknown"] = .list(
                unknown.map {
                    .object([
                        "dot": .string($0.stamp.dot.description),
                        "operation": $0.operation.canonicalValue,
                    ])
                })
        }
        return .object(members)
    }
}

extension Node {
    var canonicalValue: Value {
        switch self {
        case .versions(let leaf):
            return .list(
                leaf.versions
                    .sorted {
                        ($0.stamp.dot, $0.originDot) < ($1.stamp.dot, $1.originDot)
                    }
                    .map(\.canonicalValue))
        case .count(let leaf):
            return .object([
                "bases": Self.canonicalValue(of: leaf.bases),
                "increments": Self.canonicalValue(of: leaf.increments),
            ])
        case .set(let leaf):
            return .list(
                leaf.elements.sorted { $0.key < $1.key }.map { element, supports in
                    .object([
                        "dots": .list(supports.map(\.dot).sorted().map { .string($0.description) }),
                        "value": element,
                    ])
                })
        case .log(let leaf):
            return .list(
                leaf.facts.map {
                    .object([
                        "dot": .string($0.stamp.dot.description),
                        "time": $0.stamp.timestamp.canonicalValue, "value": $0.value,
                    ])
                })
        case .branch(let children): return .object(children.mapValues(\.canonicalValue))
        }
    }

    private static func canonicalValue(of parts: [CountLeaf.Part]) -> Value {
        .list(
            parts.sorted { $0.stamp.dot < $1.stamp.dot }.map {
                .object([
                    "dot": .string($0.stamp.dot.description), "number": .integer($0.number),
                ])
            })
    }
}

extension VersionLeaf.Version {
    fileprivate var canonicalValue: Value {
        var members: [ExactText: Value] = [
            "dot": .string(stamp.dot.description), "time": writtenAt.canonicalValue,
            "value": value ?? .null,
        ]
        if let from { members["from"] = .text(from) }
        if let origin { members["origin"] = .string(origin.dot.description) }
        return .object(members)
    }
}

extension Timestamp {
    fileprivate var canonicalValue: Value {
        .list([.integer(milliseconds), .integer(Int64(tick))])
    }
}

extension FieldOperation {
    fileprivate var canonicalValue: Value {
        let argument: Value
        switch action {
        case .set(let value), .add(let value), .remove(let value), .append(let value):
            argument = value
        case .clear: argument = .object([:])
        case .move(let from, let to): argument = .object(["from": .text(from), "to": .text(to)])
        case .keep(let value, let origin):
            var members: [ExactText: Value] = [
                "dot": .string(origin.dot.description), "time": origin.timestamp.canonicalValue,
                "value": value,
            ]
            if origin.isBeside { members["beside"] = .boolean(true) }
            argument = .object(members)
        case .unknown(let bytes):
            argument = .list(bytes.map { .integer(Int64($0)) })
        }
        return .object(["path": .string(path.pointer), ExactText(action.name): argument])
    }
}
