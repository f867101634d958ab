import BatonCore
import BatonWire

/// Cases of schema documents: sound, or with the place of what is wrong.
enum SchemaAnswer {
    static func schema(_ given: Given) throws(UnreadableCase) -> [ExactText: Value] {
        let document = try given.member("document")
        do throws(InvalidSchema) {
            _ = try Schema(json: document.json)
            return ["sound": .boolean(true)]
        } catch {
            guard let first = error.findings.first else { throw document.failure("\(error)") }
            return ["sound": .boolean(false), "place": .string(holder(of: first.pointer))]
        }
    }

    /// Whether one document may take the place of another.
    static func change(_ given: Given) throws(UnreadableCase) -> [ExactText: Value] {
        let older = try read(given.member("older"))
        let newer = try read(given.member("newer"))
        guard newer.type == older.type else {
            throw given.failure("the documents are of two types")
        }
        let isAdditive = newer.changes(since: older).allSatisfy { $0.effect == .additive }
        return ["additive": .boolean(isAdditive)]
    }

    private static func read(_ document: Given) throws(UnreadableCase) -> Schema {
        try document.reading { try Schema(json: document.json) }
    }

    /// The innermost field or entries that `pointer` leads to or into: implementations differ in
    /// how closely they point, and all must name that.
    private static func holder(of pointer: String) -> String {
        var holder = ""
        var path = ""
        var parts = pointer.unicodeScalars.split(separator: "/")[...]
        while let part = parts.popFirst() {
            path += "/\(String(part))"
            if String(part) == "fields", let index = parts.popFirst() {
                path += "/\(String(index))"
            } else if String(part) != "entries" {
                break
            }
            holder = path
        }
        return holder
    }
}
