extension StreamState {
    /// The canonical encoding of the state: RFC 8785 JSON of every live dot and what it holds
    /// (specification section 6.1), in UTF-8. Its SHA-256 is the state hash. O(n log n) in the live
    /// state.
    public var canonicalBytes: [UInt8] {
        var named: [ExactText: EntityState] = [:]
        for (id, entity) in entities { named[ExactText(id.description)] = entity }
        var json = CanonicalJSON()
        json.write(json: "{\"entities\":")
        json.writeObject(named) { $0.write($1) }
        json.write(json: "}")
        return json.bytes
    }

    /// The same as text.
    public var canonicalJSON: String { String(decoding: canonicalBytes, as: UTF8.self) }
}

extension EntityState {
    /// The entity as it stands in the canonical encoding.
    public var canonicalJSON: String {
        var json = CanonicalJSON()
        json.write(self)
        return String(decoding: json.bytes, as: UTF8.self)
    }
}

// Members are written in the order that their names have in RFC 8785, as they stand here.
extension CanonicalJSON {
    fileprivate mutating func write(_ entity: EntityState) {
        write(json: "{\"fields\":")
        write(entity.root)
        if !entity.unknown.isEmpty {
            write(json: ",\"unknown\":")
            writeList(entity.unknown) { json, unknown in
                json.write(json: "{\"dot\":")
                json.write(unknown.stamp.dot)
                json.write(json: ",\"operation\":")
                json.write(unknown.operation.canonicalValue)
                json.write(json: "}")
            }
        }
        write(json: "}")
    }

    private mutating func write(_ node: Node) {
        switch node {
        case .versions(let leaf):
            let sorted = leaf.versions.sorted {
                ($0.stamp.dot, $0.originDot) < ($1.stamp.dot, $1.originDot)
            }
            writeList(sorted) { $0.write($1) }
        case .count(let leaf):
            write(json: "{\"bases\":")
            write(leaf.bases)
            write(json: ",\"increments\":")
            write(leaf.increments)
            write(json: "}")
        case .set(let leaf):
            writeList(leaf.elements.sorted { $0.key < $1.key }) { json, element in
                json.write(json: "{\"dots\":")
                json.writeList(element.value.map(\.dot).sorted()) { $0.write($1) }
                json.write(json: ",\"value\":")
                json.write(element.key)
                json.write(json: "}")
            }
        case .log(let leaf):
            writeList(leaf.facts) { json, fact in
                json.write(json: "{\"dot\":")
                json.write(fact.stamp.dot)
                json.write(json: ",\"time\":")
                json.write(fact.stamp.timestamp.canonicalValue)
                json.write(json: ",\"value\":")
                json.write(fact.value)
                json.write(json: "}")
            }
        case .branch(let children): writeObject(children) { $0.write($1) }
        }
    }

    private mutating func write(_ parts: [CountLeaf.Part]) {
        writeList(parts.sorted { $0.stamp.dot < $1.stamp.dot }) { json, part in
            json.write(json: "{\"dot\":")
            json.write(part.stamp.dot)
            json.write(json: ",\"number\":")
            json.write(.integer(part.number))
            json.write(json: "}")
        }
    }

    private mutating func write(_ version: VersionLeaf.Version) {
        write(json: "{\"dot\":")
        write(version.stamp.dot)
        if let from = version.from {
            write(json: ",\"from\":")
            write(from)
        }
        if let origin = version.origin {
            write(json: ",\"origin\":")
            write(origin.dot)
        }
        write(json: ",\"time\":")
        write(version.writtenAt.canonicalValue)
        write(json: ",\"value\":")
        write(version.value ?? .null)
        write(json: "}")
    }

    private mutating func write(_ dot: Dot) { write(ExactText(dot.description)) }
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
