import BatonCore
import BatonWire
import Foundation

/// Schema documents as they lie in files.
struct SchemaFiles {
    /// A document that could be read.
    struct Document {
        let file: String
        let schema: Schema
    }

    /// Something that is wrong: in which file, where in it, and how to mend it.
    struct Finding: Encodable {
        let file: String
        /// An RFC 6901 JSON Pointer into the document; empty for the whole.
        let pointer: String
        let reason: String

        /// One line for a person.
        var line: String {
            pointer.isEmpty ? "\(file): \(reason)" : "\(file): \(pointer): \(reason)"
        }
    }

    private(set) var documents: [Document] = []
    private(set) var findings: [Finding] = []

    /// Reads a file, or of a folder every `*.json` but `*.schema.json`, which describe documents.
    init(_ path: String) throws {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw CommandFailure("there is no \(path)")
        }
        var files = [path]
        if isFolder.boolValue {
            files = try FileManager.default.contentsOfDirectory(atPath: path).sorted()
                .filter { $0.hasSuffix(".json") && !$0.hasSuffix(".schema.json") }
                .map { path.hasSuffix("/") ? path + $0 : "\(path)/\($0)" }
            guard !files.isEmpty else {
                throw CommandFailure("there are no schema documents (*.json) in \(path)")
            }
        }
        for file in files { try read(file) }
    }

    private mutating func read(_ file: String) throws {
        guard let bytes = FileManager.default.contents(atPath: file) else {
            throw CommandFailure("\(file) cannot be read")
        }
        do {
            let schema = try Schema(json: Array(bytes))
            if let other = documents.first(where: { $0.schema.type == schema.type }) {
                findings.append(
                    Finding(
                        file: file, pointer: "/type",
                        reason: "\(other.file) declares the type \(schema.type) already"))
            } else {
                documents.append(Document(file: file, schema: schema))
            }
        } catch {
            findings += error.findings.map {
                Finding(file: file, pointer: $0.pointer, reason: $0.reason)
            }
        }
    }

    /// What was read, by type.
    var schemas: SchemaSet { SchemaSet(documents.map(\.schema)) }

    /// The built-in schemas, with those of a folder beside them. One of a built-in type takes its
    /// place, if it only adds to it: devices come with the built-in ones.
    static func inForce(with path: String?) throws -> SchemaSet {
        guard let path else { return BuiltinSchemas.all }
        var files = try SchemaFiles(path)
        files.holdAgainst(BuiltinSchemas.all)
        guard files.findings.isEmpty else {
            throw CommandFailure(
                "the schemas in \(path) cannot be put in force:\n"
                    + files.findings.map(\.line).joined(separator: "\n"))
        }
        let own = files.schemas
        return SchemaSet(BuiltinSchemas.all.sorted.filter { own[$0.type] == nil } + own.sorted)
    }

    /// Notes what breaks older schemas, as far as these have the same types.
    private mutating func holdAgainst(_ older: SchemaSet) {
        for document in documents {
            guard let before = older[document.schema.type] else { continue }
            for change in document.schema.changes(since: before) where change.effect == .breaking {
                findings.append(
                    Finding(
                        file: document.file, pointer: document.schema.pointer(to: change.place),
                        reason: "breaks the built-in \(change.type): \(change.place)"
                            + (change.place.components.isEmpty ? "" : ": ") + change.reason))
            }
        }
    }
}
