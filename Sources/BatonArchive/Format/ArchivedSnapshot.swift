package import BatonCore
package import BatonLog
import BatonWire

/// A snapshot in an archive: a stream's state up to an offset, and what no state holds
/// (`protocol/archive.md`, section 4).
package struct ArchivedSnapshot: Hashable, Sendable {
    /// Whose state it is.
    package let stream: StreamKey
    /// The hash of the entry at the snapshot's offset.
    package let chain: [UInt8]
    /// The state as a log keeps it.
    package let stored: StoredSnapshot
    /// The records of refused events up to the offset, by their dots, ascending.
    package let voids: [ArchivedVoid]

    private static let magic: StaticString = "BATONSTA"

    /// Joins the parts; of the voids those beyond the offset are left out.
    package init(
        stream: StreamKey, chain: [UInt8], stored: StoredSnapshot, voids: [ArchivedVoid]
    ) {
        self.stream = stream
        self.chain = chain
        self.stored = stored
        self.voids = voids.filter { $0.offset <= stored.offset }.sorted { $0.dot < $1.dot }
    }

    /// All of the log up to here is in it.
    package var offset: Offset { stored.offset }

    /// The content of the snapshot's file before it is compressed.
    package var bytes: [UInt8] {
        var writer = ArchiveByteWriter(magic: Self.magic, stream)
        writer.put(offset.rawValue, bytes: 8)
        writer.put(chain)
        writer.put(stored.stateHash)
        writer.put(UInt64(voids.count), bytes: 4)
        for void in voids {
            writer.put(void.dot)
            writer.put(void.offset.rawValue, bytes: 8)
            let event = Entry.encodedVoid(void.record.refusal, digest: void.record.digest)
            writer.put(UInt64(event.count), bytes: 4)
            writer.put(event)
        }
        writer.put(UInt64(stored.body.count), bytes: 4)
        writer.put(stored.body)
        return writer.bytes
    }

    /// Reads a snapshot and checks that its state has the hash that it says. O(state).
    package init(bytes: [UInt8]) throws(ArchiveFailure) {
        var reader = ArchiveByteReader(bytes)
        stream = try reader.key(magic: Self.magic)
        let offset = try reader.offset()
        chain = Array(try reader.take(LogChain.length))
        let hash = Array(try reader.take(LogChain.length))
        var voids: [ArchivedVoid] = []
        for _ in 0..<(try reader.count(ofAtLeast: 36)) {
            let dot = try reader.dot()
            let place = try reader.offset()
            guard voids.last.map({ $0.dot < dot }) ?? true, place > .start, place <= offset else {
                throw ArchiveFailure(
                    .damaged,
                    "the record of the refused \(dot) is out of order or of no offset in it")
            }
            let event = Array(try reader.take(Int(reader.number(bytes: 4))))
            guard let record = try? VoidRecord(encodedEvent: event[...]) else {
                throw ArchiveFailure(.damaged, "the record of the refused \(dot) is damaged")
            }
            voids.append(ArchivedVoid(dot: dot, offset: place, record: record))
        }
        let body = Array(try reader.take(Int(reader.number(bytes: 4))))
        try reader.finish()
        self.voids = voids
        stored = StoredSnapshot(offset: offset, body: body, stateHash: hash)
        guard StateHash(of: try state()).bytes == hash else {
            throw ArchiveFailure(.damaged, "the state has another hash than the one it says")
        }
    }

    /// The state, decoded. O(state).
    package func state() throws(ArchiveFailure) -> StreamState {
        do {
            let message = try Protobuf.decode(Baton_V1_State.self, from: stored.body)
            return try StreamState(message, offset: offset)
        } catch {
            throw ArchiveFailure(.damaged, "the state cannot be read", cause: "\(error)")
        }
    }
}

extension VoidRecord {
    /// Reads the record from an encoded `Event`; `nil` where the event was not refused.
    init?(encodedEvent content: ArraySlice<UInt8>) throws(WireFailure) {
        // A void record has no field but number 15, so its first byte tells.
        let voidTag: UInt8 = 15 << 3 | 2
        guard content.first == voidTag else { return nil }
        let message = try Protobuf.decode(Baton_V1_Event.self, from: Array(content))
        let dot = Dot(ReplicaID(high: 0, low: 1), Counter(rawValue: 1))
        guard case .void(_, let refusal) = try Entry(message, dot: dot) else { return nil }
        self.init(refusal: refusal, digest: Array(message.void.digest))
    }
}
