import BatonCore
import BatonLog

/// Writes numbers most significant byte first, and what else the files of an archive are made of.
struct ArchiveByteWriter {
    private(set) var bytes: [UInt8] = []

    mutating func put(_ number: UInt64, bytes count: Int) {
        for index in 0..<count {
            bytes.append(UInt8(truncatingIfNeeded: number >> UInt64(8 * (count - 1 - index))))
        }
    }

    mutating func put(_ content: some Collection<UInt8>) { bytes.append(contentsOf: content) }

    mutating func put(text: String) {
        put(UInt64(text.utf8.count), bytes: 1)
        put(text.utf8)
    }

    mutating func put(_ dot: Dot) {
        put(dot.replica.bytes)
        put(dot.counter.rawValue, bytes: 8)
    }
}

/// Reads what ``ArchiveByteWriter`` wrote, and never beyond the end.
struct ArchiveByteReader {
    private let bytes: [UInt8]
    private(set) var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func take(_ count: Int) throws(ArchiveFailure) -> ArraySlice<UInt8> {
        guard count <= bytes.count - position else {
            throw ArchiveFailure(.damaged, "the content ends before it should")
        }
        defer { position += count }
        return bytes[position..<position + count]
    }

    mutating func number(bytes count: Int) throws(ArchiveFailure) -> UInt64 {
        try take(count).reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// A number of things of which each takes at least `size` bytes, so that a wrong one reserves
    /// no memory.
    mutating func count(ofAtLeast size: Int) throws(ArchiveFailure) -> Int {
        let count = Int(try number(bytes: 4))
        guard count <= (bytes.count - position) / size else {
            throw ArchiveFailure(.damaged, "it names more parts than it holds")
        }
        return count
    }

    mutating func text() throws(ArchiveFailure) -> String {
        String(decoding: try take(Int(number(bytes: 1))), as: UTF8.self)
    }

    mutating func dot() throws(ArchiveFailure) -> Dot {
        guard let replica = ReplicaID(bytes: Array(try take(16))) else {
            throw ArchiveFailure(.damaged, "a replica id is damaged")
        }
        let counter = try number(bytes: 8)
        guard (1...largestExactInteger).contains(counter) else {
            throw ArchiveFailure(.damaged, "a counter of \(replica) is damaged")
        }
        return Dot(replica, Counter(rawValue: counter))
    }

    mutating func offset() throws(ArchiveFailure) -> Offset {
        let offset = try number(bytes: 8)
        guard offset <= largestExactInteger else {
            throw ArchiveFailure(.damaged, "an offset is damaged")
        }
        return Offset(rawValue: offset)
    }

    /// The magic, the version, and whose file it is.
    mutating func key(magic: StaticString) throws(ArchiveFailure) -> StreamKey {
        let expected = UnsafeBufferPointer(start: magic.utf8Start, count: magic.utf8CodeUnitCount)
        guard try take(expected.count).elementsEqual(expected) else {
            throw ArchiveFailure(.damaged, "the file does not begin with \(magic)")
        }
        let version = try number(bytes: 1)
        guard version == UInt64(StreamManifest.version) else {
            throw ArchiveFailure(
                .newerFormat,
                "the file is of version \(version): read it with the version of baton that wrote it"
            )
        }
        do {
            return StreamKey(tenant: try TenantID(text()), stream: try StreamID(text()))
        } catch {
            throw ArchiveFailure(.damaged, "the name of its stream is damaged", cause: "\(error)")
        }
    }

    /// Checks that nothing follows.
    func finish() throws(ArchiveFailure) {
        guard position == bytes.count else {
            throw ArchiveFailure(.damaged, "\(bytes.count - position) bytes follow its end")
        }
    }
}

extension ArchiveByteWriter {
    /// Begins a file.
    init(magic: StaticString, _ key: StreamKey) {
        put(UnsafeBufferPointer(start: magic.utf8Start, count: magic.utf8CodeUnitCount))
        put(UInt64(StreamManifest.version), bytes: 1)
        put(text: key.tenant.description)
        put(text: key.stream.description)
    }
}
