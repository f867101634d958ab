import BatonCore
import BatonLog
import BatonServer
import BatonWire

extension LogAnswer {
    /// Pulls: entry by entry, since servers may cut batches as they like.
    func pull(_ pull: Given) async throws -> Value {
        let epoch = try pull.optional("epoch")?.text() ?? engine.identity.epoch
        let after = try pull.optional("after")?.number() ?? 0
        let pulled = try await service.pull(
            key, after: "\(epoch)-\(after)",
            limit: Int(try pull.optional("limit")?.number() ?? 0),
            replica: try pull.optional("replica")?.replica())
        let message = try pulled.decoded()
        var members: [ExactText: Value] = [
            "entries": .list(message.batches.flatMap(Self.entries)),
            "next": .integer(try offset(of: message.cursor, in: pull)),
            "more": .boolean(message.more), "head": .integer(Int64(message.head)),
        ]
        if message.hasSnapshot {
            members["snapshot"] = .object([
                "offset": .integer(Int64(message.snapshot.offset)),
                "stateHash": .string(message.snapshot.stateHash),
            ])
        }
        if !message.stateHash.isEmpty { members["stateHash"] = .string(message.stateHash) }
        return .object(members)
    }

    /// `[offset, replica, counter, what]` of each entry.
    private static func entries(of batch: Baton_V1_Batch) -> [Value] {
        let kinds =
            batch.omitted > 0
            ? Array(repeating: "omitted", count: Int(batch.omitted))
            : batch.events.map { $0.hasVoid ? "void" : "event" }
        return kinds.enumerated().map { index, kind in
            .list([
                .integer(Int64(batch.offset) + Int64(index)), .string(batch.replica),
                .integer(Int64(batch.counter) + Int64(index)), .string(kind),
            ])
        }
    }

    /// A cursor is opaque to clients; here it is known to end in an offset.
    private func offset(of cursor: String, in place: Given) throws(UnreadableCase) -> Int64 {
        guard let text = cursor.split(separator: "-").last, let offset = Int64(text) else {
            throw place.failure("the answer's cursor is \(cursor)")
        }
        return offset
    }
}
