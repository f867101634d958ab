import BatonCore
import BatonServer
import BatonWire
import Foundation

/// Schema documents as they lie in files: in a folder those of all tenants, and in folders below it
/// that bear a tenant's name those of that tenant.
struct SchemaFiles {
    /// A document that could be read.
    struct Document {
        let file: String
        /// Whose it is; `nil`: all tenants'.
        let tenant: TenantID?
        let schema: Schema
    }

    private(set) var documents: [Document] = []
    private(set) var findings: [SchemaFinding] = []

    /// Reads a file, or of a folder every `*.json` but `*.schema.json`, which describe documents,
    /// and those of the folders in it.
    init(_ path: String) throws {
        guard let isFolder = Self.isFolder(path) else {
            throw CommandFailure("there is no \(path)")
        }
        var files =
            try isFolder
            ? Self.documents(in: path).map { (path: $0, tenant: TenantID?.none) }
            : [(path: path, tenant: nil)]
        for folder in try isFolder ? Self.entries(of: path) : []
        where Self.isFolder(folder.path) == true && !folder.name.hasPrefix(".") {
            let own = try Self.documents(in: folder.path)
            guard !own.isEmpty else { continue }
            do {
                let tenant = try TenantID(folder.name)
                files += own.map { (path: $0, tenant: tenant) }
            } catch {
                findings.append(
                    SchemaFinding(
                        file: folder.path, pointer: "",
                        reason: "a folder bears the name of the tenant whose schemas it holds; "
                            + "\"\(folder.name)\" is \(error)"))
            }
        }
        guard !files.isEmpty || !findings.isEmpty else {
            throw CommandFailure("there are no schema documents (*.json) in \(path)")
        }
        for file in files { try read(file.path, of: file.tenant) }
    }

    /// Whether there is a folder or a file; `nil` for neither.
    private static func isFolder(_ path: String) -> Bool? {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
            ? isFolder.boolValue : nil
    }

    private static func entries(of folder: String) throws -> [(name: String, path: String)] {
        try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
            .map { (name: $0, path: folder.hasSuffix("/") ? folder + $0 : "\(folder)/\($0)") }
    }

    private static func documents(in folder: String) throws -> [String] {
        try entries(of: folder)
            .filter { $0.name.hasSuffix(".json") && !$0.name.hasSuffix(".schema.json") }
            .map(\.path)
    }

    private mutating func read(_ file: String, of tenant: TenantID?) throws {
        guard let bytes = FileManager.default.contents(atPath: file) else {
            throw CommandFailure("\(file) cannot be read")
        }
        do {
            let schema = try Schema(json: Array(bytes))
            let other = documents.first {
                $0.schema.type == schema.type && $0.tenant == tenant
            }
            if let other {
                findings.append(
                    SchemaFinding(
                        file: file, pointer: "/type",
                        reason: "\(other.file) declares the type \(schema.type) already"))
            } else {
                documents.append(Document(file: file, tenant: tenant, schema: schema))
            }
        } catch {
            findings += error.findings.map {
                SchemaFinding(file: file, pointer: $0.pointer, reason: $0.reason)
            }
        }
    }

    /// What was read for all tenants, or for one, by type.
    func schemas(of tenant: TenantID? = nil) -> SchemaSet {
        SchemaSet(documents.filter { $0.tenant == tenant }.map(\.schema))
    }

    /// The tenants with documents of their own, in ascending order.
    var tenants: [TenantID] { Set(documents.compactMap(\.tenant)).sorted() }

    /// What was read, to be put in force.
    var offered: [OfferedSchema] {
        documents.map { OfferedSchema($0.schema, tenant: $0.tenant, source: $0.file) }
    }
}
