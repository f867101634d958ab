import BatonCore
import BatonSync
import BatonWire

/// Why a stream's pull cannot be answered.
struct UnknownCursor: Error {}

extension ScriptedServer.State {
    mutating func answer(_ call: SyncCall) -> SyncReply {
        if call.body.count > script.bodyLimit {
            return ScriptedServer.problem(413, "body-too-large")
        }
        let headers = ["content-type": "application/x-protobuf"]
        if call.path == "/v1/sync" {
            guard let request = try? IncomingSync(protobuf: call.body) else {
                return ScriptedServer.problem(400, "malformed-protobuf")
            }
            var response = Baton_V1_SyncResponse()
            response.serverTime = script.now
            for part in request.parts { response.streams.append(sync(part)) }
            return SyncReply(
                status: 200, headers: headers, body: Protobuf.encode(response))
        }
        let stream = String(call.path.split(separator: "/")[2])
        return SyncReply(
            status: 200, headers: headers, body: Protobuf.encode(snapshot(stream)))
    }

    private mutating func sync(_ part: IncomingSync.Part) -> Baton_V1_StreamSyncResult {
        var result = Baton_V1_StreamSyncResult()
        result.stream = part.stream
        if let push = part.push { result.pushed = self.push(push, to: part.stream) }
        switch pull(part.stream, after: part.after, replica: part.replica) {
        case .success(let pull): result.pulled = pull
        case .failure:
            result.problem.type = "urn:baton:problem:invalid-cursor"
            result.problem.status = 400
        }
        return result
    }

    private mutating func push(
        _ push: PushedBatch, to stream: String
    ) -> Baton_V1_PushResponse {
        var response = Baton_V1_PushResponse()
        var log = logs[stream] ?? ScriptedServer.Log()
        let before = log.places.count
        var isBlocked = false
        for (event, bytes) in zip(push.events, push.encodings) {
            let verdict =
                isBlocked
                ? Verdict.refused(Refusal(.notReached, "an earlier one"), .start)
                : judge(event, Array(bytes), &log)
            if case .refused(let refusal, let offset) = verdict, offset == .start {
                isBlocked = true
                _ = refusal
            }
            response.verdicts.append(verdict.message(counter: event.dot.counter))
        }
        response.head = UInt64(log.places.count)
        logs[stream] = log
        if log.places.count > before { announce(stream, after: before) }
        return response
    }

    private func judge(
        _ event: Event, _ bytes: [UInt8], _ log: inout ScriptedServer.Log
    ) -> Verdict {
        if let index = log.places.firstIndex(where: { $0.dot == event.dot }) {
            let place = log.places[index]
            let offset = Offset(rawValue: UInt64(index + 1))
            guard place.pushed == bytes else {
                return .refused(Refusal(.replicaCloned, "other content"), .start)
            }
            if case .void(_, let refusal) = place.entry { return .refused(refusal, offset) }
            return .duplicate(offset)
        }
        let expected = log.state.vector[event.dot.replica].next
        guard event.dot.counter == expected else {
            return .refused(Refusal(.gap, "missing", expected: expected), .start)
        }
        let isKnown = event.context.beyond.counters.allSatisfy {
            $0.value <= log.state.vector[$0.key]
        }
        guard event.context.seen <= log.state.offset, isKnown else {
            return .refused(Refusal(.unknownContext, "not here"), .start)
        }
        guard event.timestamp.milliseconds <= script.now + script.drift else {
            return .refused(Refusal(.clockDrift, "ahead"), .start)
        }
        let offset = Offset(rawValue: UInt64(log.places.count + 1))
        if let refusal = script.refuse(event) {
            log.append(
                .init(
                    dot: event.dot,
                    stored: Entry.encodedVoid(refusal, digest: [UInt8](repeating: 1, count: 32)),
                    pushed: bytes, entry: .void(event.dot, refusal)))
            return .refused(refusal, offset)
        }
        log.append(.init(dot: event.dot, stored: bytes, pushed: bytes, entry: .event(event)))
        return .accepted(offset)
    }

    mutating func pull(
        _ stream: String, after cursor: String, replica: ReplicaID?
    ) -> Result<Baton_V1_PullResponse, UnknownCursor> {
        let log = logs[stream] ?? ScriptedServer.Log()
        let parts = cursor.split(separator: ".")
        var offset: UInt64 = 0
        if !cursor.isEmpty {
            guard parts.count == 2, parts[0] == script.epoch, let number = UInt64(parts[1]),
                number <= UInt64(log.places.count)
            else { return .failure(UnknownCursor()) }
            offset = number
        }
        var response = Baton_V1_PullResponse()
        if offset < log.horizon {
            response.snapshot = snapshot(stream)
            offset = UInt64(log.places.count)
        }
        let end = min(log.places.count, Int(offset) + script.pageSize)
        for index in Int(offset)..<end {
            append(log.places[index], at: UInt64(index + 1), for: replica, to: &response)
        }
        response.cursor = "\(script.epoch).\(end)"
        response.head = UInt64(log.places.count)
        response.more = end < log.places.count
        response.serverTime = script.now
        if !response.more {
            // A live answer names no replica here; the script's hashes are for those of a sync.
            response.stateHash =
                replica == nil ? StateHash(of: log.state).description : hash(of: log)
        }
        return .success(response)
    }

    private func append(
        _ place: ScriptedServer.Log.Place, at offset: UInt64, for replica: ReplicaID?,
        to response: inout Baton_V1_PullResponse
    ) {
        var batch = Baton_V1_Batch()
        batch.replica = place.dot.replica.description
        batch.counter = place.dot.counter.rawValue
        batch.offset = offset
        var isVoid = false
        if case .void = place.entry { isVoid = true }
        if place.dot.replica == replica && !isVoid {
            batch.omitted = 1
        } else if let event = try? Protobuf.decode(Baton_V1_Event.self, from: place.stored) {
            batch.events = [event]
        }
        response.batches.append(batch)
    }

    private mutating func hash(of log: ScriptedServer.Log) -> String {
        guard script.wrongHashes > 0 else { return StateHash(of: log.state).description }
        script.wrongHashes -= 1
        return String(repeating: "0", count: 64)
    }

    private mutating func snapshot(_ stream: String) -> Baton_V1_Snapshot {
        let log = logs[stream] ?? ScriptedServer.Log()
        var snapshot = Baton_V1_Snapshot()
        snapshot.state = log.state.message
        snapshot.offset = log.state.offset.rawValue
        snapshot.cursor = "\(script.epoch).\(log.places.count)"
        snapshot.stateHash = StateHash(of: log.state).description
        if script.damagedSnapshots > 0 {
            script.damagedSnapshots -= 1
            snapshot.state.entities.removeLast()
        }
        return snapshot
    }

    private mutating func announce(_ stream: String, after offset: Int) {
        let cursor = "\(script.epoch).\(offset)"
        guard case .success(let pull) = pull(stream, after: cursor, replica: nil) else { return }
        for connection in logs[stream]?.live ?? [] {
            connection.yield(ScriptedServer.event(pull))
        }
    }
}
