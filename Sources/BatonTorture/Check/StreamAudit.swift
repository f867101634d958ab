import BatonCore
import BatonWire

/// What one stream's log was seen to hold, page after page: it must only grow, without a gap, and
/// never hold a write twice.
struct StreamAudit {
    /// What is known of one entry.
    private enum Seen: Equatable {
        case entry(Fingerprint)
        /// It was compacted away before it was looked at: only that it was there is known.
        case folded
    }

    let stream: StreamID
    /// Where the next page begins.
    private(set) var cursor = ""
    private var head: UInt64 = 0
    private var entries: [ReplicaID: [Seen]] = [:]
    private var marks: [Mark: Dot] = [:]

    init(_ stream: StreamID) { self.stream = stream }

    /// How many entries were looked at.
    var count: Int { entries.values.reduce(0) { $0 + $1.count } }

    /// How many of them were compacted away before.
    var foldedCount: Int {
        entries.values.reduce(0) { sum, seen in
            sum + seen.count { if case .folded = $0 { true } else { false } }
        }
    }

    /// Whether both have seen the same entries in every replica's order.
    func holdsTheSame(as other: StreamAudit) -> Bool { entries == other.entries }

    /// Takes in the next page and says what is wrong with it.
    mutating func take(_ page: Baton_V1_PullResponse) -> [TortureFinding] {
        var findings: [TortureFinding] = []
        if page.hasSnapshot { findings += skip(to: page.snapshot) }
        for batch in page.batches { findings += take(batch) }
        cursor = page.cursor
        return findings
    }

    private mutating func skip(to snapshot: Baton_V1_Snapshot) -> [TortureFinding] {
        var findings: [TortureFinding] = []
        for (name, counter) in zip(snapshot.state.replicas, snapshot.state.vector) {
            guard let replica = ReplicaID(name) else { continue }
            var seen = entries[replica] ?? []
            if UInt64(seen.count) < counter {
                seen += Array(repeating: .folded, count: Int(counter) - seen.count)
            }
            entries[replica] = seen
        }
        for (replica, seen) in entries {
            let index = snapshot.state.replicas.firstIndex(of: replica.description)
            let covered = index.map { snapshot.state.vector[$0] } ?? 0
            if covered < UInt64(seen.count) {
                findings.append(
                    finding(
                        .lost,
                        "the snapshot at \(snapshot.offset) covers \(covered) events of \(replica), "
                            + "but \(seen.count) were seen in the log before"))
            }
        }
        head = max(head, snapshot.offset)
        return findings
    }

    private mutating func take(_ batch: Baton_V1_Batch) -> [TortureFinding] {
        guard let replica = ReplicaID(batch.replica) else {
            return [finding(.gap, "a batch without a replica after offset \(head)")]
        }
        var findings: [TortureFinding] = []
        if batch.offset != head + 1 {
            findings.append(finding(.gap, "offset \(batch.offset) comes after \(head)"))
        }
        var seen = entries[replica] ?? []
        if batch.counter != UInt64(seen.count) + 1 {
            findings.append(
                finding(
                    .gap,
                    "\(replica) counts \(batch.counter) at offset \(batch.offset) where "
                        + "\(seen.count + 1) comes next"))
        }
        for (index, event) in batch.events.enumerated() {
            let dot = Dot(replica, Counter(rawValue: batch.counter + UInt64(index)))
            let fingerprint = Fingerprint(of: event)
            seen.append(.entry(fingerprint))
            guard let mark = fingerprint.mark else { continue }
            if let first = marks.updateValue(dot, forKey: mark) {
                findings.append(finding(.doubled, "\(mark) is there as \(first) and as \(dot)"))
            }
        }
        entries[replica] = seen
        head = batch.offset + UInt64(batch.events.count) - 1
        return findings
    }

    /// Holds what was acknowledged against what is there.
    func check(_ acknowledged: [Acknowledgement]) -> [TortureFinding] {
        acknowledged.compactMap { one in
            let seen = entries[one.dot.replica] ?? []
            let index = Int(one.dot.counter.rawValue) - 1
            guard seen.indices.contains(index) else {
                return finding(
                    .lost,
                    "\(one.dot) (\(one.mark?.description ?? "no mark")) was acknowledged, but the "
                        + "log ends at counter \(seen.count) of its replica")
            }
            guard case .entry(let fingerprint) = seen[index] else { return nil }
            if fingerprint.isVoid {
                return finding(.lost, "\(one.dot) was acknowledged and stands refused in the log")
            }
            let isSame =
                one.mark == fingerprint.mark
                && one.digest.map { $0 == fingerprint.digest } ?? true
            return isSame
                ? nil : finding(.changed, "\(one.dot) is not the event that was acknowledged")
        }
    }

    /// Holds what a writer was told to be stored, on its device or by the server, against what is
    /// there: its writes from 1 to `last`. Where entries were folded unseen, nothing can be said.
    func check(writer: Int, through last: Int) -> [TortureFinding] {
        guard foldedCount == 0 else { return [] }
        return (1...max(1, last)).prefix(last).compactMap { number in
            let mark = Mark(writer: writer, number: number)
            return marks[mark] == nil ? finding(.lost, "\(mark) was written and is nowhere") : nil
        }
    }

    private func finding(_ kind: TortureFinding.Kind, _ text: String) -> TortureFinding {
        TortureFinding(kind, "stream \(stream)", text)
    }
}
