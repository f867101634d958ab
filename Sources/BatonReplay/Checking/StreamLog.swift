import BatonCore
import BatonSync
import BatonWire

/// Reads a stream's whole log and its snapshot from the server.
struct StreamLog {
    let stream: StreamID
    let network: any SyncTransport
    let token: String
    let patience: Patience

    /// Whether no event of the stream is in the log. One request.
    func isEmpty() async throws(ReplayFailure) -> Bool {
        try await get("events?limit=1") == nil
    }

    /// All entries with their places, in the order of the log. O(entries).
    func entries() async throws(ReplayFailure) -> [(offset: Offset, entry: Entry)] {
        var entries: [(Offset, Entry)] = []
        var cursor = ""
        while true {
            guard let body = try await get("events" + (cursor.isEmpty ? "" : "?after=\(cursor)"))
            else { return [] }
            let page = try read { () throws(WireFailure) in
                try Protobuf.decode(Baton_V1_PullResponse.self, from: body)
            }
            for batch in page.batches {
                guard let replica = ReplicaID(batch.replica) else {
                    throw ReplayFailure(.unexpectedAnswer, "\(stream): a batch without replica")
                }
                for (index, message) in batch.events.enumerated() {
                    let dot = Dot(replica, Counter(rawValue: batch.counter + UInt64(index)))
                    let entry = try read { () throws(WireFailure) in try Entry(message, dot: dot) }
                    entries.append((Offset(rawValue: batch.offset + UInt64(index)), entry))
                }
            }
            guard page.more, page.cursor != cursor else { return entries }
            cursor = page.cursor
        }
    }

    /// The state hash of the server's snapshot; `nil` if the stream is not there.
    func snapshotHash() async throws(ReplayFailure) -> String? {
        guard let body = try await get("snapshot") else { return nil }
        return try read { () throws(WireFailure) in
            try Protobuf.decode(Baton_V1_Snapshot.self, from: body).stateHash
        }
    }

    private func get(_ part: String) async throws(ReplayFailure) -> [UInt8]? {
        let call = SyncCall(
            .get, "/v1/streams/\(PathPart.escape(stream.description))/\(part)",
            headers: ["accept": "application/x-protobuf", "authorization": "Bearer \(token)"])
        let reply = try await patience.attempt { () async throws(ReplayFailure) in
            do {
                let reply = try await network.send(call)
                return reply.status >= 500 ? .passing("status \(reply.status)") : .done(reply)
            } catch { return .passing("\(error)") }
        }
        switch reply.status {
        case 200: return reply.body
        case 404: return nil
        default: throw ThinClient.failure(reply, call)
        }
    }

    private func read<Result>(
        _ body: () throws(WireFailure) -> Result
    ) throws(ReplayFailure) -> Result {
        do {
            return try body()
        } catch {
            throw ReplayFailure(
                .unexpectedAnswer, "\(stream): the server's answer cannot be read",
                cause: error.description)
        }
    }
}
