public import BatonCore
public import BatonWire

/// What comes into force when a server with a record of its schemas is offered others
/// (specification section 13.4).
///
/// What was in force stays, unless a later version that only adds to it is offered. So a server that
/// is started without a document, or with an older one, goes on with the one that it had; and one
/// that would break what clients write by is not put in force at all.
public struct SchemaDecision: Sendable {
    /// What is to be served.
    public private(set) var inForce: TenantSchemas
    /// What is to be remembered.
    public private(set) var record: SchemaRecord
    /// What must not be put in force, and why: where there is any, nothing may be.
    public private(set) var findings: [SchemaFinding] = []
    /// What was decided otherwise than it was asked for, in words for the log.
    public private(set) var notices: [String] = []

    /// What came into force that was not before, such as `gift 2` and, of one tenant, `acme: gift 3`.
    public private(set) var changes: [String] = []

    /// Decides on schemas of all tenants (`builtins`, and of those offered the ones without a
    /// tenant, which take the place of the built-in ones of their type) and of single tenants.
    /// O(size of all schemas).
    public init(
        record before: SchemaRecord, builtins: SchemaSet, offered: [OfferedSchema] = []
    ) {
        record = before
        inForce = TenantSchemas(SchemaSet([]))
        let shared = offered.filter { $0.tenant == nil }
        hold(offered, against: builtins)
        let others = builtins.sorted.filter { builtin in
            !shared.contains { $0.schema.type == builtin.type }
        }
        var all: [Schema] = []
        for offer in shared + others.map(OfferedSchema.init(builtin:)) {
            let type = offer.schema.type
            let stands = settle(
                offer, before: schema(in: before.shared[type], type), for: "all tenants")
            note(stands, in: before.shared[type]) { $0.shared[type] = $1 }
            all.append(stands)
        }
        for (type, document) in before.shared where !all.contains(where: { $0.type == type }) {
            if let schema = schema(in: document, type) { all.append(schema) }
        }
        let common = SchemaSet(all)
        var own: [TenantID: SchemaSet] = [:]
        for tenant in Set(offered.compactMap(\.tenant)).union(before.own.keys).sorted() {
            own[tenant] = decide(
                for: tenant, offered: offered.filter { $0.tenant == tenant }, common: common,
                before: before)
        }
        inForce = TenantSchemas(common, own: own)
        changes = record.versions.subtracting(before.versions).sorted()
    }

    /// The documents of one tenant's own.
    private mutating func decide(
        for tenant: TenantID, offered: [OfferedSchema], common: SchemaSet, before: SchemaRecord
    ) -> SchemaSet {
        let recorded = before.own[tenant] ?? [:]
        var own: [Schema] = []
        for offer in offered {
            let type = offer.schema.type
            let document = recorded[type] ?? before.shared[type]
            let stands = settle(offer, before: schema(in: document, type), for: "tenant \(tenant)")
            note(stands, in: recorded[type]) { $0.own[tenant, default: [:]][type] = $1 }
            own.append(stands)
        }
        for (type, document) in recorded.sorted(by: { $0.key < $1.key })
        where !offered.contains(where: { $0.schema.type == type }) {
            guard let schema = schema(in: document, type) else { continue }
            if let shared = common[type], shared.mayFollow(schema) {
                // The document went over to all tenants: from now on it is theirs.
                record.own[tenant]?[type] = nil
            } else {
                own.append(schema)
            }
        }
        return SchemaSet(own)
    }

    /// Every client comes with the built-in documents, so none may be broken.
    private mutating func hold(_ offered: [OfferedSchema], against builtins: SchemaSet) {
        for offer in offered {
            guard let builtin = builtins[offer.schema.type] else { continue }
            report(offer, breaking: builtin, "breaks the built-in \(builtin.type)")
        }
    }

    /// Which of the two stands.
    private mutating func settle(
        _ offer: OfferedSchema, before: Schema?, for whom: String
    ) -> Schema {
        guard let before, before != offer.schema else { return offer.schema }
        if before.version > offer.schema.version, before.mayFollow(offer.schema) {
            notices.append(
                "\(offer.source) declares version \(offer.schema.version) of \(before.type); "
                    + "version \(before.version) has come into force for \(whom), and stays")
            return before
        }
        report(offer, breaking: before, "breaks what is in force for \(whom)")
        return offer.schema
    }

    private mutating func report(
        _ offer: OfferedSchema, breaking older: Schema, _ words: String
    ) {
        for change in offer.schema.changes(since: older) where change.effect == .breaking {
            let finding = SchemaFinding(
                file: offer.source, pointer: offer.schema.pointer(to: change.place),
                reason: "\(words): \(change.place)"
                    + (change.place.components.isEmpty ? "" : ": ") + change.reason)
            let isKnown = findings.contains {
                $0.file == finding.file && $0.pointer == finding.pointer
                    && $0.reason.hasSuffix(change.reason)
            }
            if !isKnown { findings.append(finding) }
        }
    }

    /// The schema that a recorded document declares, where this release can read it.
    private mutating func schema(in document: Value?, _ type: String) -> Schema? {
        guard let document else { return nil }
        if let schema = try? Schema(document: document) { return schema }
        let words =
            "the document of \(type) that is in force has a form that only a newer release reads: "
            + "it is kept, and not served"
        if !notices.contains(words) { notices.append(words) }
        return nil
    }

    /// Remembers a schema, unless it is what a document says that was recorded, or one is there
    /// that cannot be read: it is of a newer release, and that one needs it.
    private mutating func note(
        _ schema: Schema, in document: Value?, _ write: (inout SchemaRecord, Value) -> Void
    ) {
        if let document {
            guard let recorded = try? Schema(document: document), recorded != schema else { return }
        }
        write(&record, schema.document)
    }
}

extension Schema {
    /// Whether it may take the place of another of its type.
    fileprivate func mayFollow(_ other: Schema) -> Bool {
        changes(since: other).allSatisfy { $0.effect == .additive }
    }
}

extension OfferedSchema {
    fileprivate init(builtin: Schema) {
        self.init(builtin, source: "the built-in \(builtin.type)")
    }
}
