package import BatonCore
package import BatonLog
package import BatonWire

/// A pull's answer: the message without its batches and the state in its snapshot, and these as they
/// lie.
package struct Pulled: Sendable {
    /// The message without its batches and without the state in its snapshot.
    package var message: Baton_V1_PullResponse
    /// The state in its snapshot, encoded; `nil` where there is none.
    package var state: [UInt8]?
    /// The batches, as they lie in the log.
    package var batches: [PulledBatch]

    /// Whether it brings the client anything new.
    package var isEmpty: Bool { batches.isEmpty && !message.hasSnapshot }

    /// The protobuf encoding.
    package var encoded: [UInt8] { PulledBatch.encode(message, state: state, batches: batches) }

    /// The whole message, decoded, for JSON.
    package func decoded() throws(WireFailure) -> Baton_V1_PullResponse {
        var whole = message
        if let state {
            whole.snapshot.state = try Protobuf.decode(Baton_V1_State.self, from: state)
        }
        for batch in batches { whole.batches.append(try batch.decoded()) }
        return whole
    }
}

/// What a pull at the head is to do about the state hash.
package enum HashWish: Hashable, Sendable {
    /// It brings the hash, unless it brings events for which many would have to be folded.
    case always
    /// It brings events only, with the hash where that is known, or was not worked out for a while:
    /// those who follow a stream that grows fast share it.
    case shared
}

extension StreamService {
    /// Milliseconds for which those who follow a stream do without a new hash.
    private static let hashInterval: Int64 = 1_000

    /// Fails where a pull from the cursor would, before an answer that follows the stream has begun and
    /// can no longer be a problem.
    func check(_ text: String, of key: StreamKey) async throws(Problem) {
        let cursor = try Cursor(text, epoch: engine.identity.epoch)
        guard cursor.epoch == engine.identity.epoch, cursor.offset > .start else { return }
        let head = try await StateCache.asking { () async throws(LogFailure) in
            try await engine.head(of: key)
        }
        try Self.require(cursor, upTo: head.offset)
    }

    private static func require(_ cursor: Cursor, upTo head: Offset) throws(Problem) {
        guard cursor.offset > head else { return }
        throw Problem(
            .invalidCursor,
            "the cursor stands at \(cursor.offset), beyond the log, which ends at \(head)")
    }

    /// What came after the cursor, about so many bytes of it. Of the events of `replica`, which asks,
    /// only the number is sent; what its refusals tell of what is hidden, if its token `isBound` to it. Of
    /// what the caller does not see nothing is.
    package func pull(
        _ key: StreamKey, after text: String, limit: Int, replica: ReplicaID? = nil,
        isBound: Bool = false, bytes: Int = .max, hash: HashWish = .always, in sight: Sight = .whole
    ) async throws(Problem) -> Pulled {
        let cursor = try Cursor(text, epoch: engine.identity.epoch)
        guard cursor.epoch == engine.identity.epoch else {
            // The offset means nothing in this log: only the whole state can follow it.
            var pulled = try await bootstrap(key, in: sight)
            pulled.message.otherLog = true
            return pulled
        }
        if cursor.offset == .start, try await isLong(key) {
            return try await bootstrap(key, in: sight)
        }
        let events = limit > 0 ? min(limit, limits.eventsPerPull) : limits.eventsPerPull
        let slice = try await StateCache.asking { () async throws(LogFailure) in
            try await engine.read(
                key, after: cursor.offset,
                limit: ReadLimit(events: events, bytes: min(bytes, limits.bytesPerPull)))
        }
        if cursor.offset < slice.horizon { return try await bootstrap(key, in: sight) }
        try Self.require(cursor, upTo: slice.head)
        var pulled = Pulled(message: Baton_V1_PullResponse(), batches: [])
        for chunk in slice.chunks {
            do {
                try pulled.batches.append(
                    Self.batch(chunk, asker: replica, isBound: isBound, in: sight))
            } catch { throw Problem(error) }
        }
        let last = slice.chunks.last?.lastOffset ?? cursor.offset
        pulled.message.cursor = Cursor(epoch: cursor.epoch, offset: last).description
        pulled.message.head = slice.head.rawValue
        pulled.message.more = last < slice.head
        pulled.message.serverTime = wallClock()
        if !pulled.message.more && last != .start {
            // Only those who are shown the same share a hash.
            let isWanted =
                hash == .always
                || !pulled.isEmpty && !sight.withholds
                    && states.takeTurn(
                        toHash: key, at: last, now: wallClock(), interval: Self.hashInterval)
            if isWanted { try await addHash(of: key, at: last, to: &pulled, in: sight) }
        } else if last == .start && hash == .always {
            // A new customer's device must know them before its first write.
            pulled.message.schemas = schemas[key.tenant].digest.description
        }
        return pulled
    }

    /// Adds the state hash at the head. Events do not wait for a long fold: the answer that brings
    /// no more of them carries the hash.
    private func addHash(
        of key: StreamKey, at head: Offset, to pulled: inout Pulled, in sight: Sight
    ) async throws(Problem) {
        if !pulled.isEmpty {
            let known = try await states.beginning(of: key).state.offset
            guard known >= head || head.rawValue - known.rawValue <= limits.eventsFoldedPerPull
            else { return }
        }
        let (hash, offset) = try await states.hash(of: key, in: sight)
        guard offset == head else { return }
        pulled.message.stateHash = hash.description
        pulled.message.schemas = schemas[key.tenant].digest.description
    }

    /// Whether a new device is given the state in place of a history: what it costs does not grow
    /// with that (specification section 9.2).
    private func isLong(_ key: StreamKey) async throws(Problem) -> Bool {
        let head = try await StateCache.asking { () async throws(LogFailure) in
            try await engine.head(of: key)
        }
        return head.offset.rawValue > limits.eventsPerSnapshot
    }

    /// Folds what a stream has grown by, so that who asks for its state next need not.
    package func foldAhead(_ key: StreamKey) async throws(Problem) {
        _ = try await states.state(of: key)
    }

    /// The whole state, for a client that cannot go on from where it stands, or is new.
    private func bootstrap(
        _ key: StreamKey, in sight: Sight
    ) async throws(Problem) -> Pulled {
        var snapshot: Baton_V1_Snapshot
        var state: [UInt8]?
        if sight.withholds {
            let part = sight.shown(try await states.state(of: key).state)
            snapshot = try await frame(of: part, in: key, sight)
            state = Protobuf.encode(part.message)
        } else {
            let current = try await states.encoded(of: key)
            snapshot = frame(of: current.state, hash: current.hash, in: key)
            state = current.encoded
        }
        var pulled = Pulled(message: Baton_V1_PullResponse(), state: state, batches: [])
        pulled.message.snapshot = snapshot
        pulled.message.cursor = snapshot.cursor
        pulled.message.head = snapshot.offset
        pulled.message.stateHash = snapshot.stateHash
        pulled.message.schemas = snapshot.schemas
        pulled.message.serverTime = wallClock()
        return pulled
    }

    /// The merged state of the whole log, with what is needed to go on from it.
    package func snapshot(
        _ key: StreamKey, in sight: Sight = .whole
    ) async throws(Problem) -> Baton_V1_Snapshot {
        guard !sight.withholds else {
            let part = sight.shown(try await states.state(of: key).state)
            var snapshot = try await frame(of: part, in: key, sight)
            snapshot.state = part.message
            return snapshot
        }
        _ = try await states.hash(of: key)
        // An append between the two questions: then the hash of the state that is sent is not known.
        let current = try await states.state(of: key)
        var snapshot = frame(of: current.state, hash: current.hash, in: key)
        snapshot.state = current.state.message
        return snapshot
    }

    /// A snapshot of what is seen, without the state. The hash is that which others share, unless the
    /// log has grown meanwhile.
    private func frame(
        of part: StreamState, in key: StreamKey, _ sight: Sight
    ) async throws(Problem) -> Baton_V1_Snapshot {
        let (hash, offset) = try await states.hash(of: key, in: sight)
        return frame(of: part, hash: offset == part.offset ? hash : nil, in: key)
    }

    /// A snapshot without the state.
    private func frame(
        of state: StreamState, hash: StateHash?, in key: StreamKey
    ) -> Baton_V1_Snapshot {
        var snapshot = Baton_V1_Snapshot()
        snapshot.offset = state.offset.rawValue
        snapshot.cursor = Cursor(epoch: engine.identity.epoch, offset: state.offset).description
        snapshot.schemas = schemas[key.tenant].digest.description
        snapshot.stateHash = (hash ?? StateHash(of: state)).description
        return snapshot
    }

    private static func batch(
        _ chunk: Chunk, asker: ReplicaID?, isBound: Bool, in sight: Sight
    ) throws(WireFailure) -> PulledBatch {
        var header = Baton_V1_Batch()
        header.replica = chunk.replica.description
        header.counter = chunk.counter.rawValue
        header.offset = chunk.offset.rawValue
        guard chunk.replica == asker, !holdsVoid(chunk) else {
            let frames =
                sight.withholds
                ? try CoveredEntries.frames(of: chunk, in: sight, asker: asker, isBound: isBound)
                : chunk.body
            return PulledBatch(header: header, frames: frames)
        }
        header.omitted = UInt32(chunk.count)
        return PulledBatch(header: header, frames: [])
    }

    /// Whether one of the entries is a void record, which its replica does not hold.
    private static func holdsVoid(_ chunk: Chunk) -> Bool {
        EventFrames.scan(chunk.body)?.contains {
            chunk.body[$0.content].first == CoveredEntries.voidTag
        } ?? true
    }
}
