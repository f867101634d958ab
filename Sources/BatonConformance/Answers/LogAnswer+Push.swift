import BatonCore
import BatonLog
import BatonServer
import BatonWire

extension LogAnswer {
    /// Pushes a batch in the JSON form of its message.
    mutating func push(_ batch: Given, of step: Given) async throws -> Value {
        let message = try Protobuf.decodeJSON(Baton_V1_Batch.self, from: batch.json)
        return try await push(PushedBatch(message), of: step)
    }

    /// Pushes a batch: its verdicts, the head, and the hash of the chain there.
    mutating func push(_ batch: PushedBatch, of step: Given) async throws -> Value {
        let role = try step.optional("role")?.role() ?? .customer
        let principal = Principal(tenant: tenant, role: role, streams: .all)
        let response = try await service.push(batch, to: key, by: principal)
        hasVoid = hasVoid || response.verdicts.contains { $0.outcome == .refused && $0.offset > 0 }
        let chain = try await engine.head(of: key).chain
        return .object([
            "verdicts": .list(response.verdicts.map(\.answer)),
            "head": .integer(Int64(response.head)),
            // The reason in a void entry is each server's own, so chains differ after one.
            "chain": hasVoid ? .null : .string(Hexadecimal.text(chain)),
        ])
    }
}

extension Baton_V1_Verdict {
    /// The verdict as in its message, without the reason, which is for people.
    fileprivate var answer: Value {
        var members: [ExactText: Value] = ["counter": .integer(Int64(counter))]
        switch outcome {
        case .accepted: members["outcome"] = "ACCEPTED"
        case .duplicate: members["outcome"] = "DUPLICATE"
        default: members["outcome"] = "REFUSED"
        }
        if offset > 0 { members["offset"] = .integer(Int64(offset)) }
        if !code.isEmpty { members["code"] = .string(code) }
        if expected > 0 { members["expected"] = .integer(Int64(expected)) }
        return .object(members)
    }
}
