import BatonCore
package import BatonLog

extension Chunk {
    /// The chunk with the records of those of its entries that were refused, as a log takes it back.
    package func archived() throws(ArchiveFailure) -> ArchivedChunk {
        var voids: [Counter: VoidRecord] = [:]
        for (index, frame) in (EventFrames.scan(body) ?? []).enumerated() {
            do {
                guard let record = try VoidRecord(encodedEvent: body[frame.content]) else {
                    continue
                }
                voids[Counter(rawValue: counter.rawValue + UInt64(index))] = record
            } catch {
                let place = offset.rawValue + UInt64(index)
                throw ArchiveFailure(
                    .damaged, "the record of the refused event at offset \(place) is damaged",
                    cause: "\(error)")
            }
        }
        return ArchivedChunk(self, voids: voids)
    }
}
