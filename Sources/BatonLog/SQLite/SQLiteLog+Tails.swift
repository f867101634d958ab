import BatonCore

extension SQLiteLog {
    /// Checks the ends of the streams that were written last: that the last entries of each are there, are what was written,
    /// and bear the hash that the stream's head has. For a server's start: a disk that lost its last
    /// writes, or a file that was put back without its write-ahead log, shows here.
    ///
    /// Looks at the streams of the `most` newest chunks of each file, at one or two chunks of each; ``check(_:)`` walks a whole stream.
    /// Returns what it found, by tenant and stream.
    public func checkTails(most: Int = 256) async throws(LogFailure) -> [String] {
        var findings: [String] = []
        for file in files {
            findings += try await file.read { (connection) throws(LogFailure) in
                var names: [(tenant: String, stream: String)] = []
                try connection.rows(
                    """
                    SELECT DISTINCT t.name, s.name
                    FROM (SELECT stream FROM chunk ORDER BY id DESC LIMIT \(most)) c
                    JOIN stream s ON s.id = c.stream JOIN tenant t ON t.id = s.tenant
                    """
                ) { row in names.append((row.text(0), row.text(1))) }
                return names.compactMap { name in
                    let place = "tenant \(name.tenant), stream \(name.stream)"
                    guard let tenant = try? TenantID(name.tenant),
                        let stream = try? StreamID(name.stream)
                    else { return "\(place): no names" }
                    do throws(LogFailure) {
                        let key = StreamKey(tenant: tenant, stream: stream)
                        return try StoredStream(key, on: connection)?.damagedTail.map {
                            "\(place): \($0)"
                        }
                    } catch {
                        return "\(place): \(error.message)"
                    }
                }
            }
        }
        return findings
    }
}

extension StoredStream {
    /// What is wrong with the stream's last chunk.
    fileprivate var damagedTail: String? {
        get throws(LogFailure) {
            guard head.offset > head.horizon else { return nil }
            var last: (chunk: Chunk, chain: [UInt8])?
            try eachChunk(after: Offset(rawValue: head.offset.rawValue - 1)) { chunk, chain in
                last = (chunk, chain)
                return true
            }
            guard let last, last.chunk.lastOffset == head.offset, last.chain == head.chain else {
                return "the last entries are not those of the stream's head, \(head.offset)"
            }
            var before = horizonChain
            if last.chunk.offset > head.horizon.next {
                try eachChunk(after: Offset(rawValue: last.chunk.offset.rawValue - 2)) {
                    _, chain in
                    before = chain
                    return false
                }
            }
            let dot = Dot(last.chunk.replica, last.chunk.counter)
            guard before.count == LogChain.length, let frames = try? last.chunk.frames(),
                LogChain.extend(before, from: dot, over: frames, of: last.chunk.body) == last.chain
            else { return "the chain breaks in the entries from offset \(last.chunk.offset) on" }
            return nil
        }
    }
}
