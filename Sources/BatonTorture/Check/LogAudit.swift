import BatonCore
import BatonSync
import BatonWire

/// Goes on reading every stream from the server, as any client may, and holds what it reads against
/// what was acknowledged.
struct LogAudit {
    /// What was seen of each stream.
    private(set) var streams: [StreamAudit]
    private let record: AcknowledgementRecord
    private let reader: StreamReader

    init(_ streams: [StreamID], record: AcknowledgementRecord, reader: StreamReader) {
        self.streams = streams.map(StreamAudit.init)
        self.record = record
        self.reader = reader
    }

    /// Entries that were looked at so far.
    var entries: Int { streams.reduce(0) { $0 + $1.count } }

    /// Entries of these that had been compacted away before.
    var folded: Int { streams.reduce(0) { $0 + $1.foldedCount } }

    /// How far each stream has been read.
    var cursors: [(stream: StreamID, cursor: String)] { streams.map { ($0.stream, $0.cursor) } }

    /// Reads what is new, and checks what was acknowledged meanwhile. The server must be up.
    /// What was acknowledged while it reads is left for the next time.
    mutating func goOn() async -> [TortureFinding] {
        var findings: [TortureFinding] = []
        for index in streams.indices {
            let acknowledged = record.takeUnchecked(of: streams[index].stream)
            do {
                findings += try await read(&streams[index])
            } catch {
                findings.append(
                    TortureFinding(.answer, "stream \(streams[index].stream)", error.text))
            }
            findings += streams[index].check(acknowledged)
        }
        return findings
    }

    private func read(_ audit: inout StreamAudit) async throws(UnreadableStream)
        -> [TortureFinding]
    {
        var findings: [TortureFinding] = []
        while true {
            guard let page = try await reader.page(of: audit.stream, after: audit.cursor) else {
                if audit.count > 0 {
                    findings.append(
                        TortureFinding(.lost, "stream \(audit.stream)", "the stream is gone"))
                }
                return findings
            }
            let before = audit.cursor
            findings += audit.take(page)
            if !page.more || audit.cursor == before { return findings }
        }
    }

    /// Checks that all that a writer was told to be stored is there once.
    func check(writer: Int, of stream: StreamID, through last: Int) -> [TortureFinding] {
        streams.filter { $0.stream == stream }.flatMap { $0.check(writer: writer, through: last) }
    }
}
