import BatonCore
import BatonLog
import BatonWire

/// A stream's state, folded anew from its entries, and compared with what was stored of it.
struct Refold {
    private let schemas: SchemaSet
    private var state = StreamState()
    private var expected: [(offset: Offset, kind: SnapshotKind, state: StreamState)] = []
    private(set) var outcome = StreamCheck.Outcome()

    init(_ key: StreamKey, schemas: SchemaSet) { self.schemas = schemas }

    /// All up to here is folded.
    var position: Offset { state.offset }

    mutating func report(_ offset: Offset, _ reason: String, of kind: SnapshotKind? = nil) {
        outcome.findings.append(LogFinding(offset: offset, reason: reason, snapshot: kind))
    }

    /// Begins where the log begins: with nothing, or with its base. False where that is not to be had.
    mutating func begin(
        at horizon: Offset, base: StoredSnapshot?,
        vector: (Offset) async throws(LogFailure) -> VersionVector?
    ) async throws(LogFailure) -> Bool {
        guard horizon != .start else { return true }
        guard let base, base.offset >= horizon else {
            report(
                horizon, "entries up to here are dropped, and no base holds what they made",
                of: .base)
            return false
        }
        guard let unpacked = unpack(base, .base) else { return false }
        guard let vector = try await vector(base.offset) else { return false }
        guard unpacked.vector == vector else {
            report(
                base.offset, "the base covers other events than the log up to there", of: .base)
            return false
        }
        state = unpacked.refolded(schemas: schemas)
        return true
    }

    /// Notes which snapshots are to be met on the way.
    mutating func expect(base: StoredSnapshot?, latest: StoredSnapshot?) {
        for (stored, kind) in [(base, SnapshotKind.base), (latest, .latest)] {
            guard let stored, stored.offset >= position, let unpacked = unpack(stored, kind) else {
                continue
            }
            expected.append((stored.offset, kind, unpacked))
        }
        expected.sort { $0.offset < $1.offset }
    }

    /// Takes the next chunk, up to each expected snapshot in turn.
    mutating func take(_ chunk: Chunk) {
        let entries: [Entry]
        do {
            entries = try ChunkEntries.read(chunk)
        } catch {
            report(chunk.offset, "the entries cannot be decoded: \(error)")
            return
        }
        for (index, entry) in entries.enumerated() {
            let offset = Offset(rawValue: chunk.offset.rawValue + UInt64(index))
            if case .gap(let counter) = state.apply(entry, at: offset, schemas: schemas) {
                report(offset, "\(entry.dot) comes where counter \(counter) must")
                return
            }
            outcome.entries += 1
            compare()
        }
    }

    /// Compares with the snapshots that end where the fold stands.
    mutating func compare() {
        while let next = expected.first, next.offset <= position {
            expected.removeFirst()
            guard next.offset == position else { continue }
            guard next.state.isDeclared(by: schemas) else {
                outcome.undeclared += 1
                continue
            }
            outcome.snapshots += 1
            if next.state.refolded(schemas: schemas) != state {
                report(
                    next.offset, "the stored snapshot is another state than its entries make",
                    of: next.kind)
            }
        }
    }

    /// Compares what was folded in all.
    mutating func finish(vector: VersionVector) {
        if state.vector != vector {
            report(position, "the version vector is not that of the entries")
        }
        for left in expected {
            report(
                left.offset, "a snapshot is stored of what the log does not hold", of: left.kind)
        }
    }

    private mutating func unpack(_ stored: StoredSnapshot, _ kind: SnapshotKind) -> StreamState? {
        do {
            let message = try Protobuf.decode(Baton_V1_State.self, from: stored.body)
            let state = try StreamState(message, offset: stored.offset)
            guard StateHash(of: state).bytes == stored.stateHash else {
                report(
                    stored.offset, "the stored snapshot does not have the hash that it names",
                    of: kind)
                return nil
            }
            return state
        } catch {
            report(stored.offset, "the stored snapshot cannot be decoded: \(error)", of: kind)
            return nil
        }
    }
}
