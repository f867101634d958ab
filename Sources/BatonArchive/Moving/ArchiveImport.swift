import BatonCore
package import BatonLog
import BatonWire

/// Brings entries of an archive back into a log, where they were (`protocol/archive.md`, section 7).
///
/// First everything that is to be brought back is checked, and that it joins on to the log, of all
/// streams; only then the first one is changed. What is there already is compared and left. So it may be
/// killed at any instant, and run twice. Works beside a live server.
package struct ArchiveImport {
    private let engine: any LogEngine
    private let archive: Archive

    /// An import from `archive` into `engine`.
    package init(from archive: Archive, into engine: any LogEngine) {
        self.archive = archive
        self.engine = engine
    }

    /// What would be done for one stream; `nil` where the archive holds nothing of it. Reads and
    /// checks the segments at which archive and log meet, the rest is for ``ArchiveCheck``.
    /// - Throws: `archive-foreign` where the two are of different logs.
    package func plan(_ key: StreamKey) async throws(ArchiveFailure) -> ImportPlan? {
        guard let manifest = try archive.manifest(of: key) else { return nil }
        let head = try await head(of: key)
        let plan = ImportPlan(manifest, key: key, head: head)
        if plan.kind == .join { try await meet(plan, head) }
        return plan
    }

    /// Carries out a plan. Returns where the stream's log begins and ends then.
    package func run(
        _ plan: ImportPlan, progress: (_ done: UInt64, _ total: UInt64) -> Void = { _, _ in }
    ) async throws(ArchiveFailure) -> LogHead {
        let key = plan.key
        guard plan.kind != .apart, let manifest = try archive.manifest(of: key) else {
            return try await head(of: key)
        }
        if plan.kind == .make { try await begin(plan, manifest) }
        let total = plan.below + plan.held + plan.behind
        var done: UInt64 = 0
        // What lies at the horizon or above goes upwards, what lies below it downwards: each put has
        // to touch what is there.
        let horizon = try await head(of: key).horizon.rawValue
        let upwards = plan.run.filter { $0.last > horizon }
        for entry in upwards + plan.run.filter({ $0.last <= horizon }).reversed() {
            try await put(entry, of: key, movedTo: manifest.target)
            done += entry.last - entry.first + 1
            progress(done, total)
        }
        return try await head(of: key)
    }

    private func head(of key: StreamKey) async throws(ArchiveFailure) -> LogHead {
        try await ArchiveFailure.asking { () async throws(LogFailure) in
            try await engine.head(of: key)
        }
    }

    /// Puts a segment back; the log cuts it where it crosses its horizon or head.
    private func put(
        _ entry: SegmentEntry, of key: StreamKey, movedTo: StreamID?
    ) async throws(ArchiveFailure) {
        let segment = try archive.segment(entry, of: key)
        var chunks: [ArchivedChunk] = []
        for chunk in segment.chunks { chunks.append(try chunk.archived()) }
        let run = chunks
        _ = try await ArchiveFailure.asking { () async throws(LogFailure) in
            try await engine.putBack(
                run, after: segment.chainBefore, movedTo: movedTo, to: key)
        }
    }

    /// Makes a stream whose first entries the archive lacks: from a snapshot, so that the log is one
    /// that can be read from the first moment on; then the rest joins on to it on both sides.
    private func begin(_ plan: ImportPlan, _ manifest: StreamManifest)
        async throws(ArchiveFailure)
    {
        guard let entry = plan.snapshot else { return }
        let snapshot = try archive.snapshot(entry, of: plan.key)
        let isWhole = snapshot.offset >= manifest.last
        let beginning = StreamBeginning(
            horizon: snapshot.offset, chain: snapshot.chain,
            counters: try snapshot.state().vector, base: snapshot.stored, voids: snapshot.voids,
            movedTo: isWhole ? manifest.target : nil)
        try await ArchiveFailure.asking { () async throws(LogFailure) in
            try await engine.begin(plan.key, at: beginning)
        }
    }

    /// Fails unless archive and log say the same where they meet: at the horizon, at each segment's end
    /// inside the log, at the head.
    private func meet(_ plan: ImportPlan, _ head: LogHead) async throws(ArchiveFailure) {
        let beginning = try await ArchiveFailure.asking { () async throws(LogFailure) in
            try await engine.beginning(of: plan.key)
        }
        try agree(plan, at: beginning.horizon, beginning.chain)
        try agree(plan, at: head.offset, head.chain)
        let ends = Set(plan.run.map(\.last))
        var position = head.horizon
        while position < head.offset {
            let after = position
            let headers = try await ArchiveFailure.asking { () async throws(LogFailure) in
                try await engine.headers(of: plan.key, after: after, limit: 1_000)
            }
            guard let last = headers.last?.lastOffset else { break }
            for header in headers where ends.contains(header.lastOffset.rawValue) {
                try agree(plan, at: header.lastOffset, header.chain)
            }
            position = last
        }
    }

    private func agree(_ plan: ImportPlan, at offset: Offset, _ chain: [UInt8])
        throws(ArchiveFailure)
    {
        let place = offset.rawValue
        guard let entry = plan.run.first(where: { $0.first <= place + 1 && place <= $0.last })
        else { return }
        let found: String
        if entry.last == place {
            found = entry.chainAfter
        } else if entry.first == place + 1 {
            found = entry.chainBefore
        } else {
            found = Hexadecimal.text(try archive.segment(entry, of: plan.key).chain(at: offset))
        }
        guard found == Hexadecimal.text(chain) else {
            throw ArchiveFailure(
                .foreign,
                "\(plan.key.tenant) \(plan.key.stream): the archive is of another log, or one of them is "
                    + "damaged: they differ at offset \(offset) or before; nothing was changed")
        }
    }
}
