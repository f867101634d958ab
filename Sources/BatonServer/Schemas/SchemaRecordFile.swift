public import BatonLog

/// Where a log's ``SchemaRecord`` lies: the file `schemas.json` beside it.
///
/// Of two servers that start at once with different schemas, the second is held against what the first
/// has put in force.
public enum SchemaRecordFile {
    /// The file's name in the log's directory.
    public static let name = "schemas.json"

    private static func file(in directory: String) -> SharedFile {
        SharedFile(directory: directory, name: name, lockName: "schemas.lock")
    }

    /// The record beside the log in `directory`; an empty one where there is none yet.
    ///
    /// - Throws: ``LogFailure/Code/inputOutput``, ``LogFailure/Code/corrupt``,
    ///   ``LogFailure/Code/newerFormat``.
    public static func read(in directory: String) throws(LogFailure) -> SchemaRecord {
        guard let bytes = try file(in: directory).read() else { return SchemaRecord() }
        return try SchemaRecord(json: bytes)
    }

    /// Makes `decide`'s record of the one in `directory` the one to be remembered, durably, before
    /// it returns. Blocks while another process does the same. Where `decide` has findings, nothing
    /// is written.
    ///
    /// - Throws: what ``read(in:)`` throws.
    public static func update(
        in directory: String, _ decide: (SchemaRecord) -> SchemaDecision
    ) throws(LogFailure) -> SchemaDecision {
        let file = file(in: directory)
        return try file.locked { () throws(LogFailure) in
            let before = try read(in: directory)
            let decision = decide(before)
            if decision.findings.isEmpty, decision.record != before {
                try file.write(decision.record.json)
            }
            return decision
        }
    }
}
