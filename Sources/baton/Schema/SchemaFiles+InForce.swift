import BatonCore
import BatonServer
import BatonWire

extension SchemaFiles {
    /// What is in force on the log in `data`, for a look at it: what was remembered there, and what
    /// the folder `path` holds, if one is given. Nothing is written.
    static func inForce(in data: String, with path: String?) throws -> TenantSchemas {
        let record = try SchemaRecordFile.read(in: data)
        return try decision(with: path) { offered in
            SchemaDecision(record: record, builtins: BuiltinSchemas.all, offered: offered)
        }.inForce
    }

    /// Puts the schemas of the folder `path`, if one is given, in force on the log in `data`, beside
    /// the built-in ones and those that are in force there already, and remembers them.
    static func putInForce(in data: String, with path: String?) throws -> SchemaDecision {
        try decision(with: path) { offered in
            try SchemaRecordFile.update(in: data) { record in
                SchemaDecision(record: record, builtins: BuiltinSchemas.all, offered: offered)
            }
        }
    }

    private static func decision(
        with path: String?, _ decide: ([OfferedSchema]) throws -> SchemaDecision
    ) throws -> SchemaDecision {
        let files = try path.map { try SchemaFiles($0) }
        try fail(files?.findings ?? [])
        let decision = try decide(files?.offered ?? [])
        try fail(decision.findings)
        return decision
    }

    private static func fail(_ findings: [SchemaFinding]) throws {
        guard !findings.isEmpty else { return }
        throw CommandFailure(
            "these schemas cannot be put in force:\n"
                + findings.map(\.line).joined(separator: "\n") + "\n"
                + "What clients write by may only be added to: give what is new another name, and "
                + "leave the old where it is (baton schema check --help)")
    }
}
