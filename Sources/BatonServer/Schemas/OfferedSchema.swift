public import BatonCore

/// A schema that a server is given at its start, to be put in force.
public struct OfferedSchema: Sendable {
    /// What it declares.
    public let schema: Schema
    /// Whose it is; `nil`: all tenants'.
    public let tenant: TenantID?
    /// Where it came from, for messages: the path of a file.
    public let source: String

    /// Joins the parts.
    public init(_ schema: Schema, tenant: TenantID? = nil, source: String) {
        self.schema = schema
        self.tenant = tenant
        self.source = source
    }
}

/// Something that is wrong with a schema to be put in force: in which document, where in it, and
/// how to mend it.
public struct SchemaFinding: Hashable, Sendable, Encodable {
    /// The document: the path of a file, or `the built-in cart`.
    public let file: String
    /// An RFC 6901 JSON Pointer into the document; empty for the whole.
    public let pointer: String
    /// What is wrong and how to mend it.
    public let reason: String

    /// Joins the parts.
    public init(file: String, pointer: String, reason: String) {
        self.file = file
        self.pointer = pointer
        self.reason = reason
    }

    /// One line for a person.
    public var line: String {
        pointer.isEmpty ? "\(file): \(reason)" : "\(file): \(pointer): \(reason)"
    }
}
