public import BatonCore
public import BatonLog
import BatonWire
import SwiftProtobuf

/// Which schema documents have come into force on a log: for all tenants, and for some.
///
/// A server goes on serving what is in here, and puts nothing in force that breaks it: clients that
/// were away write by it (specification section 13.4). Documents are kept as they came, also those
/// of a form that only a newer release can read.
public struct SchemaRecord: Hashable, Sendable {
    /// Documents by entity type.
    typealias Documents = [String: Value]

    /// Of all tenants.
    var shared: Documents
    /// Of single tenants, in place of the shared ones or beside them.
    var own: [TenantID: Documents]

    /// Nothing has been in force yet.
    public init() {
        shared = [:]
        own = [:]
    }

    /// The tenants that have documents of their own, in ascending order.
    public var tenants: [TenantID] { own.keys.sorted() }

    /// Each document's type and version, after the name of the tenant whose own it is.
    var versions: Set<String> {
        func names(_ documents: Documents, _ before: String) -> [String] {
            documents.map { type, document in
                "\(before)\(type) \(document["version"]?.integer ?? 0)"
            }
        }
        return Set(names(shared, "") + own.flatMap { names($0.value, "\($0.key): ") })
    }

    /// The record of another form than this is by a newer release.
    private static let format: Int64 = 1

    /// Reads ``json``.
    ///
    /// - Throws: ``LogFailure/Code/corrupt``, ``LogFailure/Code/newerFormat``.
    public init(json: [UInt8]) throws(LogFailure) {
        let value: Value
        do {
            value = try Value(Protobuf.decodeJSON(Google_Protobuf_Value.self, from: json))
        } catch { throw Self.damaged("\(error)") }
        guard let format = value["format"]?.integer else {
            throw Self.damaged("it has no format")
        }
        guard format <= Self.format else {
            throw LogFailure(
                .newerFormat,
                "the record of schemas has format \(format), and this release reads \(Self.format): "
                    + "run the release that wrote it, or a later one")
        }
        shared = try Self.documents(value["shared"])
        own = [:]
        guard case .object(let tenants)? = value["tenants"] else {
            throw Self.damaged("it has no tenants")
        }
        for (name, documents) in tenants {
            guard let tenant = try? TenantID(name.string) else {
                throw Self.damaged("\"\(name.string.prefix(80))\" is not a tenant")
            }
            own[tenant] = try Self.documents(documents)
        }
    }

    private static func documents(_ value: Value?) throws(LogFailure) -> Documents {
        guard case .list(let list)? = value else { throw damaged("a list of schemas is missing") }
        var documents: Documents = [:]
        for document in list {
            guard let type = document["type"]?.string, documents[type] == nil else {
                throw damaged("a document has no type, or the same as another")
            }
            documents[type] = document
        }
        return documents
    }

    private static func damaged(_ cause: String) -> LogFailure {
        LogFailure(
            .corrupt,
            "the record of the schemas that were in force (\(SchemaRecordFile.name)) is damaged: "
                + "restore it from a backup",
            cause: cause)
    }

    /// The record as a document in UTF-8: canonical, the same for the same record.
    public var json: [UInt8] {
        func list(_ documents: Documents) -> Value {
            .list(documents.sorted { $0.key < $1.key }.map(\.value))
        }
        let tenants = own.filter { !$0.value.isEmpty }.map { tenant, documents in
            (ExactText(tenant.description), list(documents))
        }
        let members: [ExactText: Value] = [
            "format": .integer(Self.format), "shared": list(shared),
            "tenants": .object(Dictionary(uniqueKeysWithValues: tenants)),
        ]
        return Value.object(members).canonicalBytes
    }
}
