import BatonCore
import BatonServer
import BatonWire

/// What differs between documents and those before them, tenant by tenant, as `baton schema check`
/// tells it.
struct SchemaChanges {
    private(set) var found: [SchemaCheckedChange] = []
    private(set) var problems: [SchemaFinding] = []
    private let files: SchemaFiles
    /// The documents that were held against an older one; the others are still to be held against
    /// the built-in ones.
    private var held: Set<String> = []

    init(of files: SchemaFiles) { self.files = files }

    /// Holds the documents against those in files.
    mutating func hold(against older: SchemaFiles, named name: String) throws {
        problems += older.findings
        for document in files.documents {
            let type = document.schema.type
            let before =
                document.tenant.flatMap { older.schemas(of: $0)[type] } ?? older.schemas()[type]
            compare(document, with: before, isNew: BuiltinSchemas.all[type] == nil)
        }
        // A single document is held against its own type; that others are not named means nothing.
        if older.documents.count > 1 || files.documents.count > 1 {
            for document in older.documents where !declares(document.schema.type, document.tenant) {
                found.append(SchemaCheckedChange(goneWith: document))
            }
        } else if let document = files.documents.first, older.findings.isEmpty,
            older.documents.allSatisfy({ $0.schema.type != document.schema.type })
        {
            problems.append(
                SchemaFinding(
                    file: document.file, pointer: "/type",
                    reason: "declares another type than \(name): name the older version of the "
                        + "same type"))
        }
    }

    /// Holds the documents against what has come into force on a log, which goes on serving what
    /// they do not name.
    mutating func hold(againstLogIn data: String) throws {
        let record = try SchemaRecordFile.read(in: data)
        let inForce = SchemaDecision(record: record, builtins: SchemaSet([])).inForce
        for document in files.documents {
            let schemas = document.tenant.map { inForce[$0].set } ?? inForce.shared.set
            compare(
                document, with: schemas[document.schema.type],
                isNew: BuiltinSchemas.all[document.schema.type] == nil)
        }
    }

    /// Holds what was held against nothing else against the built-in schemas, which all clients
    /// come with.
    mutating func holdAgainstBuiltins() {
        for document in files.documents where !held.contains(document.file) {
            guard let before = BuiltinSchemas.all[document.schema.type] else { continue }
            compare(document, with: before, isNew: false)
        }
    }

    private mutating func compare(
        _ document: SchemaFiles.Document, with before: Schema?, isNew: Bool
    ) {
        if let before {
            held.insert(document.file)
            found += document.schema.changes(since: before)
                .map { SchemaCheckedChange($0, in: document) }
        } else if isNew {
            let change = SchemaChange(
                type: document.schema.type, place: FieldPath([]), effect: .additive,
                reason: "the type is new")
            found.append(SchemaCheckedChange(change, in: document))
        }
    }

    private func declares(_ type: String, _ tenant: TenantID?) -> Bool {
        files.schemas()[type] != nil || tenant.flatMap { files.schemas(of: $0)[type] } != nil
    }
}

/// One change, as it is printed.
struct SchemaCheckedChange: Encodable {
    let file: String?
    let tenant: String?
    let type: String
    let place: String
    let pointer: String
    let effect: String
    let reason: String

    init(_ change: SchemaChange, in document: SchemaFiles.Document) {
        file = document.file
        tenant = document.tenant?.description
        type = change.type
        place = change.place.pointer
        pointer = document.schema.pointer(to: change.place)
        effect = change.effect.rawValue
        reason = change.reason
    }

    /// Of a document that has no successor.
    init(goneWith document: SchemaFiles.Document) {
        file = nil
        tenant = document.tenant?.description
        type = document.schema.type
        place = ""
        pointer = ""
        effect = SchemaChange.Effect.breaking.rawValue
        reason = "the type is gone: its entities are in logs, and would show no more"
    }

    /// Whether it must not be put in force.
    var isBreaking: Bool { effect == SchemaChange.Effect.breaking.rawValue }

    /// One line for a person.
    var line: String {
        "  \(isBreaking ? "!" : "+") \(tenant.map { "\($0): " } ?? "")\(type)\(place): \(reason)"
    }
}
