package import BatonArchive
package import BatonCore
package import BatonLog
package import BatonWire

/// Compacts streams, one at a time, beside whatever else works on the log (specification section 7).
///
/// The order makes it safe to kill at any instant: entries are archived and the base snapshot is
/// stored, both durable, before the first entry is dropped; then entries go in slices from the front.
/// Until then nothing that a reader sees has changed; a next run goes on where this one ended. State
/// hash and version vector are worked out from all that is there, and again from the bytes of the base
/// snapshot and the entries that stay; where they differ nothing is changed.
///
/// Belongs to one task. Memory is bounded by a stream's live state and a step of the walk.
package struct Compactor {
    /// What became of a stream.
    package struct Outcome: Hashable, Sendable {
        /// The stream's horizon now.
        package let horizon: Offset
        /// Entries that were dropped.
        package let dropped: UInt64
        /// Entries that went into the archive: fewer, where an earlier run had archived some.
        package let archived: UInt64
        /// Bytes of the archive's files that were written.
        package let archiveBytes: Int
        /// The state hash at ``head``, before and after.
        package let stateHash: StateHash
        /// The log's last offset when the run began.
        package let head: Offset
    }

    private let engine: any LogEngine
    private let schemas: (TenantID) -> SchemaSet
    private let archive: ArchiveWriter?
    private var pace: CompactionPace
    /// Entries that one step takes at most: a read of about 1 MiB, a transaction of some milliseconds.
    private static let stepEntries = 5_000

    /// A compactor of streams in `engine`; what goes is put into `archive`, if there is one.
    package init(
        engine: any LogEngine, schemas: @escaping (TenantID) -> SchemaSet, archive: ArchiveWriter?,
        pace: CompactionPace = .unbounded
    ) {
        self.engine = engine
        self.schemas = schemas
        self.archive = archive
        self.pace = pace
    }

    /// What the policy would do to a stream now. Reads headers only. O(chunks).
    package func plan(
        _ key: StreamKey, policy: CompactionPolicy, now: Int64
    ) async throws(CompactionFailure) -> CompactionPlan {
        let head = try await asking(key) { () async throws(LogFailure) in
            try await engine.head(of: key)
        }
        var plan = CompactionPlan(key, head: head, policy: policy, now: now)
        var position = head.horizon
        while position < head.offset {
            let after = position
            let headers = try await asking(key) { () async throws(LogFailure) in
                try await engine.headers(of: key, after: after, limit: 1_000)
            }
            guard let last = headers.last else { break }
            for header in headers { plan.take(header) }
            position = last.lastOffset
        }
        return plan
    }

    /// Carries out a plan. `progress` is told how many of `total` steps of an entry are done.
    package mutating func run(
        _ plan: CompactionPlan,
        progress: @escaping (_ done: UInt64, _ total: UInt64) -> Void = { _, _ in }
    ) async throws(CompactionFailure) -> Outcome {
        let key = plan.key
        let beginning = try await asking(key) { () async throws(LogFailure) in
            try await engine.beginning(of: key)
        }
        guard beginning.horizon <= plan.head else { throw .overtaken(key) }
        let schemas = schemas(key.tenant)
        // Each entry there is is folded once, each that stays once more, each that goes dropped.
        var meter = Meter(
            total: plan.head.rawValue - plan.horizon.rawValue + plan.stays + plan.entries,
            report: progress)
        var fold = try begin(key, at: beginning, schemas: schemas)
        var archived = try begin(archiving: key)
        let before = try await foldAll(
            plan, from: beginning, &fold, into: &archived, schemas: schemas, &meter)
        try finish(&archived, key)
        let base = try await keepBase(plan, fold: fold, before: before, schemas: schemas, &meter)
        let horizon = try await drop(plan, covered: base, &meter)
        return Outcome(
            horizon: horizon, dropped: horizon.rawValue - min(horizon, plan.horizon).rawValue,
            archived: archived?.written ?? 0, archiveBytes: archived?.bytes ?? 0,
            stateHash: before.hash, head: plan.head)
    }

    /// How far a run has come.
    private struct Meter {
        var done: UInt64 = 0
        let total: UInt64
        let report: (UInt64, UInt64) -> Void

        mutating func add(_ entries: Int) {
            done += UInt64(entries)
            report(min(done, total), total)
        }
    }

    /// A fold on its way, and what it held where compaction is to end.
    private struct Fold {
        var state: StreamState
        var atEnd: StreamState?
    }

    private func begin(_ key: StreamKey, at beginning: StreamBeginning, schemas: SchemaSet)
        throws(CompactionFailure) -> Fold
    {
        guard beginning.horizon > .start else { return Fold(state: StreamState()) }
        guard let base = beginning.base, base.offset >= beginning.horizon else {
            throw CompactionFailure(
                .damaged, key,
                "the log begins after offset \(beginning.horizon), but no base snapshot reaches it: "
                    + "run baton verify")
        }
        return Fold(state: try unpack(base, of: key).refolded(schemas: schemas))
    }

    private func unpack(_ stored: StoredSnapshot, of key: StreamKey) throws(CompactionFailure)
        -> StreamState
    {
        do {
            return try StreamState(stored: stored)
        } catch {
            throw CompactionFailure(
                .damaged, key, "the base snapshot cannot be read: run baton verify",
                cause: error.message)
        }
    }

    private func begin(archiving key: StreamKey) throws(CompactionFailure) -> StreamArchiveWriter? {
        do {
            return try archive?.stream(key)
        } catch { throw Self.failure(error, key) }
    }

    /// Folds everything that is there, and takes what is to go into the archive on the way.
    private mutating func foldAll(
        _ plan: CompactionPlan, from beginning: StreamBeginning, _ fold: inout Fold,
        into archived: inout StreamArchiveWriter?, schemas: SchemaSet, _ meter: inout Meter
    ) async throws(CompactionFailure) -> StateSummary {
        let key = plan.key
        if archived != nil {
            do {
                try archived?.begin(
                    after: beginning.horizon, chain: beginning.chain, vector: beginning.counters)
            } catch { throw Self.failure(error, key) }
        }
        if fold.state.offset == plan.through { fold.atEnd = fold.state }
        var walk = ChunkWalk(
            key, in: engine, after: beginning.horizon, chain: beginning.chain,
            through: plan.head)
        while true {
            let chunks = try await walk.next(entries: pace.step(atMost: Self.stepEntries))
            guard !chunks.isEmpty else { break }
            for chunk in chunks {
                if chunk.lastOffset <= plan.through {
                    do {
                        try archived?.append(chunk)
                    } catch { throw Self.failure(error, key) }
                }
                try take(chunk, into: &fold.state, of: key, schemas: schemas)
                if chunk.lastOffset == plan.through { fold.atEnd = fold.state }
            }
            let entries = chunks.reduce(0) { $0 + $1.count }
            meter.add(entries)
            await pace.wait(for: entries)
        }
        let summary = StateSummary(of: fold.state)
        let vector = try await vector(of: key, at: plan.head)
        guard vector == summary.vector else { throw .damaged(key, at: plan.head) }
        return summary
    }

    private func vector(of key: StreamKey, at offset: Offset) async throws(CompactionFailure)
        -> VersionVector
    {
        let vector = try await asking(key) { () async throws(LogFailure) in
            try await engine.vector(of: key, at: offset)
        }
        guard let vector else { throw .overtaken(key) }
        return vector
    }

    private func take(
        _ chunk: Chunk, into state: inout StreamState, of key: StreamKey, schemas: SchemaSet
    ) throws(CompactionFailure) {
        guard chunk.lastOffset > state.offset else { return }
        let entries: [Entry]
        do {
            entries = try ChunkEntries.read(chunk)
        } catch { throw .damaged(key, at: chunk.offset) }
        for (index, entry) in entries.enumerated() {
            let offset = Offset(rawValue: chunk.offset.rawValue + UInt64(index))
            guard offset > state.offset else { continue }
            if case .gap = state.apply(entry, at: offset, schemas: schemas) {
                throw .damaged(key, at: offset)
            }
        }
    }

    private func finish(_ archived: inout StreamArchiveWriter?, _ key: StreamKey)
        throws(CompactionFailure)
    {
        guard archived != nil else { return }
        do {
            try archived?.finish()
            if let archived { archive?.count(archived) }
        } catch { throw Self.failure(error, key) }
    }

    /// Stores the base snapshot after holding what can be made from its bytes against what is there
    /// now. Returns how far the stored base reaches.
    private mutating func keepBase(
        _ plan: CompactionPlan, fold: Fold, before: StateSummary, schemas: SchemaSet,
        _ meter: inout Meter
    ) async throws(CompactionFailure) -> Offset {
        let key = plan.key
        let candidate = fold.atEnd.map { state in
            // Where all goes, it is the state whose hash is known already.
            StoredSnapshot(state, hash: state.offset == plan.head ? before.hash : nil)
        }
        if let candidate {
            try await hold(candidate, against: before, plan, schemas: schemas, &meter)
            try await asking(key) { () async throws(LogFailure) in
                try await engine.store(candidate, as: .base, for: key)
            }
        }
        let stored = try await asking(key) { () async throws(LogFailure) in
            try await engine.snapshot(of: key, .base)
        }
        guard let stored, stored.offset >= plan.through else {
            throw CompactionFailure(
                .damaged, key,
                "the base snapshot is not there though it was stored, nothing was dropped: run "
                    + "baton verify")
        }
        // What counts is what lies on the disk: other bytes than those that were held against the
        // log are held against it, too, such as a base that an earlier run left.
        if stored != candidate {
            try await hold(stored, against: before, plan, schemas: schemas, &meter)
        }
        return stored.offset
    }

    /// Folds the entries that stay onto a base, and fails where that is not what was there before.
    private mutating func hold(
        _ base: StoredSnapshot, against before: StateSummary, _ plan: CompactionPlan,
        schemas: SchemaSet, _ meter: inout Meter
    ) async throws(CompactionFailure) {
        let key = plan.key
        let unpacked = try unpack(base, of: key)
        let read = StateSummary(of: unpacked)
        guard read.hash.bytes == base.stateHash else {
            throw .differs(key, before: before, after: read)
        }
        guard base.offset <= plan.head else { throw .overtaken(key) }
        var state = unpacked.refolded(schemas: schemas)
        while state.offset < plan.head {
            let after = state.offset
            let limit = ReadLimit(
                events: pace.step(atMost: Self.stepEntries), bytes: 1 << 20)
            let slice = try await asking(key) { () async throws(LogFailure) in
                try await engine.read(key, after: after, limit: limit)
            }
            guard !slice.chunks.isEmpty else {
                guard slice.horizon <= after else { throw .overtaken(key) }
                throw .damaged(key, at: after.next)
            }
            var entries = 0
            for chunk in slice.chunks where chunk.lastOffset <= plan.head {
                try take(chunk, into: &state, of: key, schemas: schemas)
                entries += chunk.count
            }
            // The last one read went beyond the head of the plan: the log has grown since.
            if entries == 0 { break }
            meter.add(entries)
            await pace.wait(for: entries)
        }
        let after = state == unpacked ? read : StateSummary(of: state)
        guard state.offset == plan.head, after == before else {
            throw .differs(key, before: before, after: after)
        }
    }

    /// Drops what is to go, slice by slice from the front.
    private mutating func drop(
        _ plan: CompactionPlan, covered base: Offset, _ meter: inout Meter
    ) async throws(CompactionFailure) -> Offset {
        let key = plan.key
        let end = min(plan.through, base)
        var horizon = plan.horizon
        while horizon < end {
            let from = horizon
            let step = UInt64(pace.step(atMost: 100_000))
            let target = min(end, Offset(rawValue: horizon.rawValue + step))
            let reached = try await asking(key) { () async throws(LogFailure) in
                try await engine.compact(key, through: target)
            }
            if reached == from {
                // The next chunk is longer than a step: only whole chunks go.
                horizon = try await asking(key) { () async throws(LogFailure) in
                    let next = try await engine.headers(of: key, after: from, limit: 1).first
                    guard let next, next.lastOffset <= end else { return end }
                    return try await engine.compact(key, through: next.lastOffset)
                }
            } else {
                horizon = reached
            }
            let entries = Int(horizon.rawValue - min(from, horizon).rawValue)
            meter.add(entries)
            await pace.wait(for: entries)
        }
        return try await asking(key) { () async throws(LogFailure) in
            try await engine.head(of: key)
        }.horizon
    }

    private func asking<Answer: Sendable>(
        _ key: StreamKey, _ question: () async throws(LogFailure) -> Answer
    ) async throws(CompactionFailure) -> Answer {
        do {
            return try await question()
        } catch {
            throw CompactionFailure(.log, key, error.message, cause: error.code.rawValue)
        }
    }

    private static func failure(_ failure: ArchiveFailure, _ key: StreamKey) -> CompactionFailure {
        CompactionFailure(
            .archive, key, failure.message,
            cause: [failure.code.rawValue, failure.cause].compactMap(\.self).joined(
                separator: ": "))
    }
}
