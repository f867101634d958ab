import BatonCore

/// What an append is to do: the verdicts, and which of its entries are new and go into the log.
///
/// Decided from the request and the ledger alone, before anything is written, by every engine alike.
struct AppendPlan {
    /// One for each entry.
    private(set) var verdicts: [Verdict] = []
    /// The counter of the first entry.
    let firstCounter: Counter
    /// The entries to write: one run, at the end of what was not refused.
    private(set) var writes: Range<Int>
    /// Whether the idempotency key is to be remembered.
    private(set) var isRemembered = false

    /// Decides. `remembered` is what stands under the request's idempotency key, if anything.
    init(
        _ request: AppendRequest, remembered: RememberedAppend?, on ledger: some StreamLedger
    ) throws(LogFailure) {
        if let key = request.idempotency, let remembered {
            guard remembered.digest == key.digest, remembered.count == request.entries.count else {
                throw LogFailure(
                    .idempotencyKeyReused,
                    "the idempotency key came before with another request: use a new key for each")
            }
            firstCounter = remembered.first.counter
            writes = 0..<0
            verdicts = try Self.verdicts(of: remembered, on: ledger)
            return
        }
        let counters = try ledger.counters(of: request.replica)
        firstCounter = request.firstCounter ?? counters.last.next
        writes = 0..<0
        guard !request.entries.isEmpty else { return }
        guard firstCounter != .none, firstCounter <= counters.last.next else {
            refuse(.gap(expected: counters.last.next), of: request)
            return
        }
        let known = try checkKnown(request, counters, on: ledger)
        guard verdicts.count == known else {
            refuse(.cloned(Dot(request.replica, counter(at: verdicts.count))), of: request)
            return
        }
        try planNew(request, from: known, on: ledger)
    }

    /// The log's last offset after the plan was carried out.
    func head(after head: Offset) -> Offset {
        Offset(rawValue: head.rawValue + UInt64(writes.count))
    }

    private func counter(at index: Int) -> Counter {
        Counter(rawValue: firstCounter.rawValue + UInt64(index))
    }

    /// Answers entries that the log knows, up to the first with other content, and returns how many
    /// there are of them.
    private mutating func checkKnown(
        _ request: AppendRequest, _ counters: ReplicaCounters, on ledger: some StreamLedger
    ) throws(LogFailure) -> Int {
        func count(through last: Counter) -> Int {
            guard last >= firstCounter else { return 0 }
            return Int(
                min(last.rawValue - firstCounter.rawValue + 1, UInt64(request.entries.count)))
        }
        let known = count(through: counters.last)
        let dropped = count(through: counters.horizon)
        guard try checkDropped(request, dropped, on: ledger), dropped < known else { return known }
        let logged = try ledger.entries(
            of: request.replica, at: counter(at: dropped)...counter(at: known - 1))
        for (index, entry) in zip(dropped..<known, logged) {
            let blind = request.blindVerdict(at: index, logged: entry.verdict)
            guard blind != nil || request.isSame(as: entry, at: index) else { return known }
            verdicts.append(blind ?? entry.verdict)
        }
        return known
    }

    /// Answers the first entries, which compaction has dropped: what is kept of each is a
    /// fingerprint, or the record of its refusal. Returns false where one of these is another event.
    private mutating func checkDropped(
        _ request: AppendRequest, _ dropped: Int, on ledger: some StreamLedger
    ) throws(LogFailure) -> Bool {
        guard dropped > 0 else { return true }
        let voids = try ledger.voids(
            of: request.replica, at: firstCounter...counter(at: dropped - 1))
        let fingerprints = try ledger.fingerprints(of: request.replica)
        for index in 0..<dropped {
            let void = voids[counter(at: index)]
            let logged: Verdict =
                void.map { .refused($0.record.refusal, $0.offset) } ?? .duplicate(.start)
            if let blind = request.blindVerdict(at: index, logged: logged) {
                verdicts.append(blind)
                continue
            }
            if let void {
                guard request.digest(at: index) == void.record.digest else { return false }
            } else {
                switch fingerprints.knowledge(of: counter(at: index)) {
                case .value(let value):
                    guard value == Fingerprints.value(of: request.digest(at: index)) else {
                        return false
                    }
                case .tooOld: return false
                case .nothing: break
                }
            }
            verdicts.append(logged)
        }
        return true
    }

    /// Gives offsets to the entries from `first`, up to the first whose context the log lacks.
    private mutating func planNew(
        _ request: AppendRequest, from first: Int, on ledger: some StreamLedger
    ) throws(LogFailure) {
        if let target = ledger.movedTo, request.forwarding != .ended, first < request.entries.count
        {
            refuse(.moved(to: target), of: request, keeping: first)
            return
        }
        var head = ledger.head
        for index in first..<request.entries.count {
            let entry = request.entries[index]
            guard entry.seen <= head else {
                refuse(.unseen(entry.seen, head: head), of: request, keeping: first)
                return
            }
            for (replica, needed) in entry.beyond.counters {
                let covered =
                    replica == request.replica
                    ? Counter(rawValue: counter(at: index).rawValue - 1)
                    : try ledger.counters(of: replica).last
                guard needed <= covered else {
                    refuse(.unseen(Dot(replica, needed)), of: request, keeping: first)
                    return
                }
            }
            head = head.next
            verdicts.append(entry.void.map { .refused($0.refusal, head) } ?? .accepted(head))
            writes = first..<index + 1
        }
        isRemembered = request.idempotency != nil
    }

    /// Refuses the entry that comes next, and with it those after it. Under an idempotency key the
    /// new ones before it go too, down to `known`.
    private mutating func refuse(
        _ refusal: Refusal, of request: AppendRequest, keeping known: Int = 0
    ) {
        let refused = verdicts.count
        if request.idempotency != nil {
            verdicts.removeSubrange(known...)
            writes = 0..<0
        }
        while verdicts.count < request.entries.count {
            verdicts.append(
                .refused(verdicts.count == refused ? refusal : .notReached, .start))
        }
    }

    private static func verdicts(
        of remembered: RememberedAppend, on ledger: some StreamLedger
    ) throws(LogFailure) -> [Verdict] {
        let horizon = try ledger.counters(of: remembered.first.replica).horizon
        let first = remembered.first.counter
        let last = Counter(rawValue: first.rawValue + UInt64(remembered.count) - 1)
        guard horizon < last else {
            return Array(repeating: .duplicate(.start), count: remembered.count)
        }
        let logged = try ledger.entries(
            of: remembered.first.replica, at: max(first, horizon.next)...last)
        let dropped = remembered.count - logged.count
        return Array(repeating: .duplicate(.start), count: dropped) + logged.map(\.verdict)
    }
}

extension AppendRequest {
    /// Whether the entry at `index` is the one that is in the log. A void keeps only the digest of
    /// the event that it stands for.
    fileprivate func isSame(as logged: LoggedEntry, at index: Int) -> Bool {
        let content = body[frames[index].content]
        if entries[index].void == nil && logged.void == nil { return content == logged.content }
        return digest(at: index) == logged.void?.digest ?? LogChain.digest(of: logged.content)
    }
}

extension AppendRequest {
    /// The verdict on an entry whose dot is known and that is not compared: what a new one would be told. `nil` where
    /// it is compared.
    fileprivate func blindVerdict(at index: Int, logged: Verdict) -> Verdict? {
        guard entries[index].isBlind, let own = entries[index].void else { return nil }
        switch logged {
        case .accepted(let offset), .duplicate(let offset), .refused(_, let offset):
            return .refused(own.refusal, offset)
        }
    }

    /// SHA-256 of the event at `index` as it was pushed.
    fileprivate func digest(at index: Int) -> [UInt8] {
        entries[index].void?.digest ?? LogChain.digest(of: body[frames[index].content])
    }
}

extension Refusal {
    fileprivate static func gap(expected: Counter) -> Refusal {
        Refusal(
            .gap, "an earlier event is missing: push from counter \(expected) on",
            expected: expected)
    }

    fileprivate static func cloned(_ dot: Dot) -> Refusal {
        Refusal(
            .replicaCloned,
            "\(dot) is in the log with other content: push what is pending under a new replica id")
    }

    fileprivate static func unseen(_ seen: Offset, head: Offset) -> Refusal {
        Refusal(
            .unknownContext,
            "the event had seen offset \(seen), but the log ends at \(head): pull, then push again")
    }

    fileprivate static func unseen(_ dot: Dot) -> Refusal {
        Refusal(
            .unknownContext,
            "the event had seen \(dot), which is not in the log: push that first, then this again")
    }

    fileprivate static func moved(to target: StreamID) -> Refusal {
        Refusal(
            .streamMoved,
            "the stream was adopted into \(target): write what is pending to that one",
            movedTo: target)
    }

    fileprivate static let notReached = Refusal(
        .notReached, "another event of the same push was refused: mend that, then push again")
}
