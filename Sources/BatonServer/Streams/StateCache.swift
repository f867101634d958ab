import BatonCore
import BatonLog
import BatonWire
import Synchronization

/// The merged state of streams: folded from the log on demand, and remembered.
///
/// What is remembered may be stale, since other servers append too: each use reads on from there.
final class StateCache: Sendable {
    /// A state and what was worked out about it.
    struct Materialized: Sendable {
        let state: StreamState
        /// Where the last snapshot stands that was stored, or that could not be.
        var snapshotOffset: Offset
        /// Its bytes.
        let snapshotBytes: Int
        /// At most so many bytes as a snapshot would take: those of the last one and of the events
        /// folded since.
        let bytes: Int
        /// The state hash, once somebody asked.
        var hash: StateHash?
        /// The state as a message, encoded, once somebody asked.
        var encoded: [UInt8]?
        /// The hashes of what is seen of it by those who do not see all, once somebody asked.
        var hashes: [Role: StateHash] = [:]
    }

    private struct Slot {
        var materialized: Materialized
        var usedAt: UInt64
        /// Wall time at which somebody who shares the hash last took the turn to work it out.
        var hashedAt: Int64?
    }

    private struct Contents {
        var slots: [StreamKey: Slot] = [:]
        var bytes = 0
        var uses: UInt64 = 0

        mutating func put(_ slot: Slot, for key: StreamKey) {
            var slot = slot
            slot.hashedAt = slots[key]?.hashedAt
            forget(key)
            bytes += slot.materialized.bytes
            slots[key] = slot
        }

        mutating func forget(_ key: StreamKey) {
            guard let slot = slots.removeValue(forKey: key) else { return }
            bytes -= slot.materialized.bytes
        }
    }

    private let engine: any LogEngine
    private let schemas: TenantSchemas
    private let limits: ServerLimits
    private let contents = Mutex(Contents())
    private let longFolds = LongFolds()

    init(engine: any LogEngine, schemas: TenantSchemas, limits: ServerLimits) {
        self.engine = engine
        self.schemas = schemas
        self.limits = limits
    }

    /// The same schemas for all tenants.
    convenience init(engine: any LogEngine, schemas: SchemaSet, limits: ServerLimits) {
        self.init(engine: engine, schemas: TenantSchemas(schemas), limits: limits)
    }

    /// The state of the whole log as it is now. O(events since the last use).
    ///
    /// Of those who would fold much of one stream at once, one does and the others wait for it.
    func state(of key: StreamKey) async throws(Problem) -> Materialized {
        if let current = try await folded(key, most: limits.eventsFoldedPerPull) { return current }
        await longFolds.begin(key)
        defer { longFolds.end(key) }
        guard let current = try await folded(key, most: .max) else {
            preconditionFailure("a fold without a limit of \(key.stream) was too long")
        }
        return current
    }

    /// The state of the whole log; `nil` where it takes more than `most` events.
    private func folded(
        _ key: StreamKey, most: UInt64
    ) async throws(Problem) -> Materialized? {
        let start = try await remembered(key)
        guard var current = try await fold(key, onto: start, most: most) else { return nil }
        if current.state.offset != start.state.offset { remember(current, for: key) }
        let since = current.state.offset.rawValue - current.snapshotOffset.rawValue
        if since >= limits.eventsPerSnapshot(ofBytes: current.snapshotBytes) {
            do {
                current = try await store(current, for: key)
            } catch {
                // Reads go on where nothing can be stored; the next one is tried as many events later.
                current.snapshotOffset = current.state.offset
                remember(current, for: key)
            }
        }
        return current
    }

    /// The state that the log up to `offset` makes, folded from the nearest state before it that is
    /// stored; through `archive` below those that the log can still make. A problem where nothing of
    /// that past is left.
    func state(
        of key: StreamKey, at offset: Offset, archive: ArchiveShelf?
    ) async throws(Problem) -> StreamState {
        let latest = try await state(of: key)
        if latest.state.offset == offset { return latest.state }
        guard offset < latest.state.offset else {
            throw Problem(
                .unknownContext,
                "offset \(offset) is beyond the log, which ends at \(latest.state.offset)")
        }
        let history = try await StreamHistory(
            of: key, in: engine, archive: archive, limits: limits)
        let schemas = self.schemas[key.tenant].set
        guard var state = try await start(of: history, for: offset) else {
            throw StreamHistory.compacted(history.beginning)
        }
        try await history.entries(after: state.offset, through: offset) {
            (entry, place, _) throws(Problem) in
            if case .gap(let expected) = state.apply(entry, at: place, schemas: schemas) {
                throw Self.contradicts(entry.dot, at: place, expected)
            }
            return true
        }
        return state
    }

    /// A state from which a fold to `offset` can begin: the latest of those that are stored, and of the
    /// empty one where the log goes back that far.
    private func start(
        of history: StreamHistory, for offset: Offset
    ) async throws(Problem) -> StreamState? {
        let schemas = self.schemas[history.key.tenant].set
        var best: StreamState?
        for kind in SnapshotKind.allCases {
            let stored = try await Self.asking { () async throws(LogFailure) in
                try await engine.snapshot(of: history.key, kind)
            }
            guard let stored, stored.offset <= offset, stored.offset >= history.beginning,
                stored.offset > best?.offset ?? .start
            else { continue }
            let state = try stored.checkedState()
            if try await isCurrent(state, of: history.key) {
                best = state.refolded(schemas: schemas)
            }
        }
        if let best { return best }
        if let past = history.past {
            return try await past.start(for: offset)?.refolded(schemas: schemas)
        }
        return history.beginning == .start ? StreamState() : nil
    }

    private static func contradicts(_ dot: Dot, at offset: Offset, _ expected: Counter) -> Problem {
        Problem(
            .storageFailed,
            "the stored snapshot does not hold what it claims: at offset \(offset), "
                + "\(dot) comes where \(expected) must")
    }

    /// The state hash at the head of the log, with that head.
    func hash(of key: StreamKey) async throws(Problem) -> (hash: StateHash, offset: Offset) {
        var current = try await state(of: key)
        if let hash = current.hash { return (hash, current.state.offset) }
        let hash = StateHash(of: current.state)
        current.hash = hash
        remember(current, for: key)
        return (hash, current.state.offset)
    }

    /// The same of what a caller sees. Those of a role see the same, and share it.
    func hash(
        of key: StreamKey, in sight: Sight
    ) async throws(Problem) -> (hash: StateHash, offset: Offset) {
        guard sight.withholds else { return try await hash(of: key) }
        var current = try await state(of: key)
        let known = sight.sharedRole.flatMap { current.hashes[$0] }
        let hash = known ?? StateHash(of: sight.shown(current.state))
        if known == nil, let role = sight.sharedRole {
            current.hashes[role] = hash
            remember(current, for: key)
        }
        return (hash, current.state.offset)
    }

    /// Whether the hash at `head` is known, or to be worked out by the caller for all who share it: one
    /// takes the turn in each `interval`, in milliseconds.
    func takeTurn(
        toHash key: StreamKey, at head: Offset, now: Int64, interval: Int64
    ) -> Bool {
        contents.withLock { contents in
            guard let slot = contents.slots[key] else { return true }
            let known = slot.materialized
            if known.hash != nil, known.state.offset == head { return true }
            if let last = slot.hashedAt, (last..<(last + interval)).contains(now) { return false }
            contents.slots[key]?.hashedAt = now
            return true
        }
    }

    /// The state of the whole log with its hash and its encoding.
    func encoded(of key: StreamKey) async throws(Problem) -> Materialized {
        var current = try await state(of: key)
        guard current.hash == nil || current.encoded == nil else { return current }
        current.hash = current.hash ?? StateHash(of: current.state)
        current.encoded = current.encoded ?? Protobuf.encode(current.state.message)
        remember(current, for: key)
        return current
    }

    /// A state to begin from that is at hand, in memory or stored; the empty one where none is.
    /// O(live state), whatever the log's length.
    func beginning(of key: StreamKey) async throws(Problem) -> Materialized {
        try await remembered(key)
    }

    private func remembered(_ key: StreamKey) async throws(Problem) -> Materialized {
        let known = contents.withLock { contents -> Materialized? in
            contents.uses += 1
            contents.slots[key]?.usedAt = contents.uses
            return contents.slots[key]?.materialized
        }
        if let known { return known }
        let stored = try await Self.asking { () async throws(LogFailure) in
            try await engine.snapshot(of: key)
        }
        guard let stored else { return .nothing }
        let unpacked = try stored.checkedState()
        guard try await isCurrent(unpacked, of: key) else { return .nothing }
        // It may have been folded under the schemas of an earlier start.
        let state = unpacked.refolded(schemas: schemas[key.tenant].set)
        let loaded = Materialized(
            state: state, snapshotOffset: stored.offset, snapshotBytes: stored.body.count,
            bytes: stored.body.count,
            hash: state == unpacked ? StateHash(bytes: stored.stateHash) : nil,
            encoded: state == unpacked ? stored.body : nil)
        remember(loaded, for: key)
        return loaded
    }

    /// Whether a stored state can stand under the schemas in force. One that holds what they do not
    /// declare cannot, unless the log that would make it anew is gone.
    private func isCurrent(_ state: StreamState, of key: StreamKey) async throws(Problem) -> Bool {
        if state.isDeclared(by: schemas[key.tenant].set) { return true }
        let head = try await Self.asking { () async throws(LogFailure) in
            try await engine.head(of: key)
        }
        return head.horizon != .start
    }

    private func remember(_ materialized: Materialized, for key: StreamKey) {
        contents.withLock { contents in
            if let slot = contents.slots[key],
                slot.materialized.state.offset > materialized.state.offset
            {
                return
            }
            contents.uses += 1
            contents.put(Slot(materialized: materialized, usedAt: contents.uses), for: key)
            guard isTooMuch(contents) else { return }
            // An eighth at least, so that the search for the oldest is paid rarely.
            let oldest = contents.slots.sorted { $0.value.usedAt < $1.value.usedAt }
            for (number, slot) in oldest.enumerated() {
                guard number < max(1, limits.cachedStates / 8) || isTooMuch(contents) else { break }
                contents.forget(slot.key)
            }
        }
    }

    private func isTooMuch(_ contents: Contents) -> Bool {
        contents.slots.count > limits.cachedStates || contents.bytes > limits.cachedStateBytes
    }

    /// Folds what the log holds beyond `start`; `nil` where that is more than `most` events.
    private func fold(
        _ key: StreamKey, onto start: Materialized, most: UInt64
    ) async throws(Problem) -> Materialized? {
        let schemas = self.schemas[key.tenant].set
        var state = start.state
        var (hash, encoded, hashes) = (start.hash, start.encoded, start.hashes)
        var bytes = start.bytes
        while true {
            let after = state.offset
            let slice = try await Self.asking { () async throws(LogFailure) in
                try await engine.read(
                    key, after: after,
                    limit: ReadLimit(events: limits.eventsPerPull, bytes: limits.bytesPerPull))
            }
            if slice.horizon > state.offset {
                // Compacted meanwhile: the stored snapshot covers the horizon.
                contents.withLock { $0.forget(key) }
                let stored = try await remembered(key)
                guard stored.state.offset > state.offset else {
                    throw Problem(
                        .storageFailed, "the log is compacted but its snapshot is missing")
                }
                return try await fold(key, onto: stored, most: most)
            }
            if slice.head > start.state.offset,
                slice.head.rawValue - start.state.offset.rawValue > most
            {
                return nil
            }
            guard !slice.chunks.isEmpty else { break }
            (hash, encoded, hashes) = (nil, nil, [:])
            for chunk in slice.chunks {
                bytes += chunk.body.count
                let entries: [Entry]
                do {
                    entries = try ChunkEntries.read(chunk)
                } catch { throw Problem(error) }
                for (index, entry) in entries.enumerated() {
                    let offset = Offset(rawValue: chunk.offset.rawValue + UInt64(index))
                    if case .gap(let expected) = state.apply(entry, at: offset, schemas: schemas) {
                        throw Self.contradicts(entry.dot, at: offset, expected)
                    }
                }
            }
            if state.offset >= slice.head { break }
        }
        return Materialized(
            state: state, snapshotOffset: start.snapshotOffset,
            snapshotBytes: start.snapshotBytes, bytes: bytes, hash: hash,
            encoded: encoded, hashes: hashes)
    }

    /// Stores the state as a snapshot, so that the next start need not fold what it covers.
    func store(_ current: Materialized, for key: StreamKey) async throws(Problem) -> Materialized {
        let hash = current.hash ?? StateHash(of: current.state)
        let snapshot = StoredSnapshot(current.state, hash: hash)
        try await Self.asking { () async throws(LogFailure) in
            try await engine.store(snapshot, for: key)
        }
        let stored = Materialized(
            state: current.state, snapshotOffset: current.state.offset,
            snapshotBytes: snapshot.body.count, bytes: snapshot.body.count, hash: hash,
            encoded: snapshot.body, hashes: current.hashes)
        remember(stored, for: key)
        return stored
    }

    /// What is kept, as Prometheus text.
    var metrics: String {
        let (count, bytes) = held
        return """
            # HELP baton_cached_states Streams whose state is kept in memory.
            # TYPE baton_cached_states gauge
            baton_cached_states \(count)
            # TYPE baton_cached_states_limit gauge
            baton_cached_states_limit \(limits.cachedStates)
            # HELP baton_cached_state_bytes About what they would take on disk.
            # TYPE baton_cached_state_bytes gauge
            baton_cached_state_bytes \(bytes)
            # TYPE baton_cached_state_bytes_limit gauge
            baton_cached_state_bytes_limit \(limits.cachedStateBytes)

            """
    }

    /// How many states are kept, and about how many bytes they would take on disk.
    var held: (states: Int, bytes: Int) { contents.withLock { ($0.slots.count, $0.bytes) } }

    /// Carries a question to the engine, its failure becoming a problem.
    static func asking<Answer: Sendable>(
        _ question: () async throws(LogFailure) -> Answer
    ) async throws(Problem) -> Answer {
        do {
            return try await question()
        } catch {
            throw Problem(error)
        }
    }
}

extension StateCache.Materialized {
    /// Of a stream of which nothing is stored.
    static let nothing = Self(
        state: StreamState(), snapshotOffset: .start, snapshotBytes: 0, bytes: 0)
}
