import BatonCore

/// Cases of values, texts and names, which need nothing else.
enum ValueAnswer {
    static func canonical(_ given: Given) throws(UnreadableCase) -> [ExactText: Value] {
        let text = try given.member("value").value.canonicalJSON
        return [
            "text": .string(text),
            "hash": .string(SHA256Text.of(Array(text.utf8))),
        ]
    }

    static func order(_ given: Given) throws(UnreadableCase) -> [ExactText: Value] {
        ["ascending": .list(try given.member("values").list().map(\.value).sorted())]
    }

    static func pointer(_ given: Given) throws(UnreadableCase) -> [ExactText: Value] {
        var parts: [Value] = []
        for text in try given.member("texts").list() {
            let path = FieldPath(pointer: try text.text())
            // What was read is written as it was: every path has one pointer.
            guard let path, path.pointer.utf8.elementsEqual(try text.text().utf8) else {
                parts.append(.null)
                continue
            }
            parts.append(.list(path.components.map { .text($0) }))
        }
        return ["parts": .list(parts)]
    }

    static func instant(_ given: Given) throws(UnreadableCase) -> [ExactText: Value] {
        var times: [Value] = []
        for text in try given.member("texts").list() {
            let time = InstantFormat.milliseconds(of: try text.text())
            times.append(time.map { .integer($0) } ?? .null)
        }
        return ["milliseconds": .list(times)]
    }

    static func name(_ given: Given) throws(UnreadableCase) -> [ExactText: Value] {
        var valid: [Value] = []
        for example in try given.member("names").list() {
            let parts = try example.list(of: 2)
            let name = try parts[1].joinedText()
            valid.append(.boolean(try isValid(name, kind: parts[0])))
        }
        return ["valid": .list(valid)]
    }

    private static func isValid(_ name: String, kind: Given) throws(UnreadableCase) -> Bool {
        switch try kind.text() {
        case "entity": return (try? EntityID(name)) != nil
        case "stream": return (try? StreamID(name)) != nil
        case "tenant": return (try? TenantID(name)) != nil
        case "channel": return (try? ChannelName(name)) != nil
        case "replica": return ReplicaID(name) != nil
        default: throw kind.failure("not a kind of name")
        }
    }
}
