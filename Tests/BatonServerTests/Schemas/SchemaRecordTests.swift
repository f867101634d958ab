import BatonCore
import BatonLog
import BatonWire
import Foundation
import Testing

@testable import BatonServer

/// What is remembered of schemas, and the file that it lies in.
struct SchemaRecordTests {
    private func decision(_ record: SchemaRecord, _ schema: Schema) -> SchemaDecision {
        SchemaDecision(
            record: record, builtins: BuiltinSchemas.all,
            offered: [OfferedSchema(schema, source: "test.json")])
    }

    private func gift(_ version: Int, _ fields: Int) -> Schema {
        Schema(
            type: "gift", version: version,
            fields: (0..<fields).map { Field(ExactText("f\($0)"), .count(CountRule())) })
    }

    @Test func `Documents come back as they were written, also as deep as they may nest`() throws {
        var rule = Rule.count(CountRule())
        for _ in 1..<8 { rule = .map(.record(Record([Field("x", rule)]))) }
        let deep = Schema(type: "deep", version: 1, fields: [Field("x", rule)])
        #expect(deep.problems.isEmpty)
        let record = SchemaDecision(
            record: SchemaRecord(), builtins: BuiltinSchemas.all,
            offered: [
                OfferedSchema(deep, source: "deep.json"),
                OfferedSchema(gift(1, 2), tenant: try TenantID("acme"), source: "gift.json"),
            ]
        ).record
        let again = try SchemaRecord(json: record.json)
        #expect(again == record && again.json == record.json)
        #expect(again.tenants == [try TenantID("acme")])
        let inForce = SchemaDecision(record: again, builtins: SchemaSet([])).inForce
        #expect(inForce.shared.set == SchemaSet(BuiltinSchemas.all.sorted + [deep]))
    }

    @Test(
        arguments: [
            ("", LogFailure.Code.corrupt), ("[]", .corrupt), (#"{"format":1}"#, .corrupt),
            (#"{"format":1,"shared":[{"version":1}],"tenants":{}}"#, .corrupt),
            (#"{"format":1,"shared":[],"tenants":{"No Tenant":[]}}"#, .corrupt),
            (#"{"format":2}"#, .newerFormat),
        ])
    func `A damaged record, or a newer one, is not taken for an empty one`(
        _ text: String, _ code: LogFailure.Code
    ) throws {
        do {
            _ = try SchemaRecord(json: Array(text.utf8))
            Issue.record("\(text) was read")
        } catch { #expect(error.code == code) }
    }

    @Test func `A decision is remembered beside the log, one with findings is not`() async throws {
        try await withTemporaryFolder { folder in
            #expect(try SchemaRecordFile.read(in: folder) == SchemaRecord())
            let first = try SchemaRecordFile.update(in: folder) { decision($0, gift(1, 1)) }
            #expect(try SchemaRecordFile.read(in: folder) == first.record)
            let breaking = try SchemaRecordFile.update(in: folder) { decision($0, gift(2, 0)) }
            #expect(!breaking.findings.isEmpty)
            #expect(try SchemaRecordFile.read(in: folder) == first.record)
            // What a stopped server left aside is no obstacle, and is not read.
            try Data("half".utf8).write(
                to: URL(fileURLWithPath: "\(folder)/\(SchemaRecordFile.name).new"))
            let second = try SchemaRecordFile.update(in: folder) { decision($0, gift(2, 2)) }
            #expect(try SchemaRecordFile.read(in: folder) == second.record)
        }
    }

    @Test func `Of servers that start at once, each is held against those before it`() async throws
    {
        try await withTemporaryFolder { folder in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for fields in 1...8 {
                    group.addTask {
                        let taken = try SchemaRecordFile.update(in: folder) {
                            decision($0, gift(fields, fields))
                        }
                        #expect(taken.findings.isEmpty)
                    }
                }
                try await group.waitForAll()
            }
            let record = try SchemaRecordFile.read(in: folder)
            let inForce = SchemaDecision(record: record, builtins: SchemaSet([])).inForce
            #expect(inForce.shared.set["gift"] == gift(8, 8))
        }
    }
}
