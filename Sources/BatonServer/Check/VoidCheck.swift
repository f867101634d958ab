import BatonCore
import BatonLog
import BatonWire

/// Holds the records of refused events against the entries that stand in the log in their place: what
/// a retry is answered, and what everybody else reads, are to be the same (L7).
struct VoidCheck {
    /// The first byte of an entry that is a void record.
    private static let tag: UInt8 = 15 << 3 | 2

    private var expected: [Offset: ArchivedVoid] = [:]

    /// Notes the void records among the entries of a chunk.
    mutating func take(_ chunk: Chunk) throws(WireFailure) {
        for (index, frame) in (EventFrames.scan(chunk.body) ?? []).enumerated() {
            let content = chunk.body[frame.content]
            guard content.first == Self.tag else { continue }
            let void = try Protobuf.decode(Baton_V1_Event.self, from: Array(content)).void
            let offset = Offset(rawValue: chunk.offset.rawValue + UInt64(index))
            guard let code = RefusalCode(rawValue: void.code) else { continue }
            expected[offset] = ArchivedVoid(
                dot: Dot(
                    chunk.replica, Counter(rawValue: chunk.counter.rawValue + UInt64(index))),
                offset: offset,
                record: VoidRecord(
                    refusal: Refusal(code, void.reason), digest: Array(void.digest)))
        }
    }

    /// Compares with the records of all entries in `range`.
    func findings(_ records: [ArchivedVoid], in range: ClosedRange<Offset>) -> [LogFinding] {
        let stored = records.filter { range.contains($0.offset) }
        let found = stored.compactMap { record -> LogFinding? in
            guard expected[record.offset] != record else { return nil }
            return LogFinding(
                offset: record.offset, reason: "the record of a refusal is not what the entry says")
        }
        let missing = Set(expected.keys).subtracting(stored.map(\.offset)).map {
            LogFinding(offset: $0, reason: "the record of a refusal is missing")
        }
        return found + missing
    }
}
