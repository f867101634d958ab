import BatonCore
import BatonWire
import Testing

/// Schemas that hide something from each role, what is written at each place of theirs that is hidden
/// from anybody, and by whom: drawn from the schemas, so that no place can be forgotten.
struct HiddenPlaces {
    /// One place, with what is written there.
    struct Place {
        let type: String
        let path: FieldPath
        /// What an answer has in it that shows the place.
        let marks: [String]
        /// Concurrent writes, as operations in JSON.
        let operations: [String]
        /// A role that may write them.
        let writer: Role

        var name: String { "\(type)\(path)" }
    }

    static let schemas: SchemaSet = {
        let text = Rule.register(.text(longest: 200), .latest)
        let few: [Role] = [.customer, .operator]
        let flow = Workflow(
            precedence: ["S3CRET-left-", "S3CRET-right-"],
            moves: [Workflow.Move("", "S3CRET-left-"), Workflow.Move("", "S3CRET-right-")])
        let entry = Record([Field("title", text), Field("amount", .count(CountRule()))])
        let locker = Schema(
            type: "locker", version: 1,
            fields: [
                Field("label", text), Field("owner", text, readers: few),
                Field("visits", .count(CountRule()), readers: few + [.service]),
                Field("tags", .set(.text(longest: 200)), readers: [.operator, .associate]),
                Field("log", .log(.text(longest: 200)), readers: [.operator, .kiosk]),
                Field("things", .map(.record(entry)), readers: few),
                Field("state", .workflow(flow), readers: few),
                Field(
                    "box",
                    .record(
                        Record([
                            Field("lid", text, readers: few + [.kiosk]), Field("inside", text),
                        ])), readers: [.operator]),
            ])
        // Closed as a whole, but for one field.
        let safe = Schema(
            type: "safe", version: 1, readers: few,
            fields: [
                Field("content", text), Field("sums", .map(.count(CountRule()))),
                Field("number", text, readers: few + [.service]),
            ])
        return SchemaSet(BuiltinSchemas.all.sorted + [locker, safe])
    }()

    static let all: [Place] = {
        var places: [Place] = []
        for schema in schemas.sorted {
            collect(.record(schema.root), at: FieldPath([]), of: schema.type, into: &places)
        }
        return places
    }()

    /// The places that are hidden from `role`.
    static func hidden(from role: Role) -> [Place] {
        all.filter { !schemas.shows($0.path, of: $0.type, to: role) }
    }

    private static func collect(
        _ rule: Rule, at path: FieldPath, of type: String, into places: inout [Place]
    ) {
        switch rule {
        case .record(let record):
            for field in record.fields {
                collect(field.rule, at: path.appending(field.name), of: type, into: &places)
            }
        case .map(let below): collect(below, at: path.appending("k"), of: type, into: &places)
        case .register, .count, .set, .log, .workflow:
            let isHidden = Role.allCases.contains { !schemas.shows(path, of: type, to: $0) }
            let writer = Role.allCases.first {
                schemas[type]?.place(at: path)?.isWritable(by: $0) == true
            }
            guard isHidden, let writer else { return }
            let number = 7_000_000_000 + 10 * places.count
            let texts = ["S3CRET-\(places.count)-left-", "S3CRET-\(places.count)-right-"]
            let marks: [String]
            let actions: [String]
            switch rule {
            case .count:
                marks = ["\(number)", "\(number + 1)"]
                actions = marks.map { #""set":\#($0)"# }
            case .set:
                marks = texts
                actions = marks.map { #""add":"\#($0)""# }
            case .log:
                marks = texts
                actions = marks.map { #""append":"\#($0)""# }
            case .workflow(let workflow):
                marks = workflow.precedence.map(\.string)
                actions = marks.map { #""move":{"from":"","to":"\#($0)"}"# }
            default:
                marks = texts
                actions = marks.map { #""set":"\#($0)""# }
            }
            places.append(
                Place(
                    type: type, path: path, marks: marks,
                    operations: actions.map { #"{"path":"\#(path.pointer)",\#($0)}"# },
                    writer: writer))
        }
    }
}
