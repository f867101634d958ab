import BatonCore
import BatonGzip
import BatonLog
import BatonWire
import Foundation
import Testing

@testable import BatonArchive

/// The form of the files, byte for byte (`protocol/archive.md`, sections 2 and 3).
@Suite struct ArchivedSegmentTests {
    @Test func `A segment's bytes are those of the specification`() throws {
        var sample = try SampleStream("s", tenant: "t")
        try sample.add(1, by: SampleStream.till, at: 258, mark: "a")
        let segment = try ArchivedSegment(
            stream: sample.key, chainBefore: LogChain.start, vectorBefore: VersionVector(),
            chunks: sample.chunks)
        let zeros = String(repeating: "00", count: 32)
        let expected = [
            "4241544f4e454e54", "01", "0174", "0173", "0000000000000001", zeros, "00000000",
            "00000001", "ffffffffffffffff0000000000000003", "0000000000000001",
            "0000000000000102", "00000001", "00000005", "2203612031",
            Hexadecimal.text(try sample.place(after: 1).chain),
        ].joined()
        #expect(Hexadecimal.text(segment.bytes) == expected)
        #expect(try ArchivedSegment(bytes: segment.bytes) == segment)
    }

    @Test func `A manifest is one line of canonical JSON with its checksum`() throws {
        let manifest = ArchiveManifest(streams: 3)
        let text = String(decoding: manifest.bytes, as: UTF8.self)
        let plain = #"{"format":"baton-archive","streams":3,"version":1}"#
        let sum = FileSum.text(Array(plain.utf8))
        #expect(
            text == "{\"checksum\":\"\(sum)\","
                + #""format":"baton-archive","streams":3,"version":1}"# + "\n")
        #expect(throws: ArchiveFailure.self) {
            _ = try ArchiveManifest(bytes: Array(text.replacing(":3,", with: ": 3,").utf8))
        }
    }

    @Test(arguments: [
        ("[3,1]", "begins after its end"), ("[0,1]", "begins before every log"),
        ("[1,9007199254740992]", "ends after every log"), ("[1,5],[5,9]", "overlap"),
        ("[6,9],[1,5]", "are not in order"),
    ])
    func `A manifest of segments that cannot be is damaged, whatever its checksum`(
        segments: String, what: String
    ) throws {
        let entries = try JSONDecoder().decode([[UInt64]].self, from: Data("[\(segments)]".utf8))
        let lines = entries.map {
            #"{"bytes":1,"chainAfter":"","chainBefore":"","file":"f","first":\#($0[0]),"last":\#($0[1]),"#
                + #""rawBytes":1,"receivedFrom":1,"receivedTo":1,"sha256":""}"#
        }
        func manifest(_ sum: String) -> [UInt8] {
            Array(
                ("{" + sum + #""format":"baton-archive-stream","segments":["#
                    + lines.joined(separator: ",")
                    + #"],"snapshots":[],"stream":"s","tenant":"t","version":1}"#).utf8)
        }
        let bytes = manifest("\"checksum\":\"\(FileSum.text(manifest("")))\",") + [10]
        let failure = #expect(throws: ArchiveFailure.self) { try StreamManifest(bytes: bytes) }
        #expect(failure?.message.contains("has a segment from") == true, "one that \(what)")
    }

    @Test func `The chain and the vector at any entry can be worked out`() throws {
        let sample = try SampleStream.long()
        let segment = try ArchivedSegment(
            stream: sample.key, chainBefore: sample.place(after: 3).chain,
            vectorBefore: sample.place(after: 3).vector, chunks: Array(sample.chunks[3..<9]))
        for count in 3...9 {
            let offset = sample.chunks[count - 1].lastOffset
            let place = try sample.place(after: count)
            #expect(try segment.chain(at: offset) == place.chain)
            #expect(segment.vector(upTo: offset) == place.vector)
        }
        // Inside a chunk of three entries.
        let chunk = sample.chunks[5]
        #expect(chunk.count == 3)
        let middle = Offset(rawValue: chunk.offset.rawValue + 1)
        #expect(try segment.chain(at: middle) != segment.chain(at: chunk.offset))
        #expect(
            segment.vector(upTo: middle)[chunk.replica].rawValue == chunk.counter.rawValue + 1)
    }

    @Test func `Numbers that claim more than there is are refused before memory is taken for it`()
        throws
    {
        var sample = try SampleStream()
        try sample.add(1)
        let segment = try ArchivedSegment(
            stream: sample.key, chainBefore: LogChain.start, vectorBefore: VersionVector(),
            chunks: sample.chunks)
        // The count of replicas stands after magic, version, names, offset and chain.
        let place = 8 + 1 + 5 + 7 + 8 + 32
        var bytes = segment.bytes
        bytes[place] = 0xFF
        #expect(throws: ArchiveFailure.self) { try ArchivedSegment(bytes: bytes) }
        bytes = segment.bytes
        bytes[place + 4] = 0xFF
        #expect(throws: ArchiveFailure.self) { try ArchivedSegment(bytes: bytes) }
        #expect(throws: ArchiveFailure.self) {
            try ArchivedSegment(bytes: Array(segment.bytes.dropLast()))
        }
        #expect(throws: ArchiveFailure.self) { try ArchivedSegment(bytes: segment.bytes + [0]) }
    }

    @Test(arguments: [
        ("a counter of 0", [[1, 0]]), ("a replica twice", [[1, 2], [1, 3]]),
        ("replicas that descend", [[2, 1], [1, 1]]),
    ])
    func `A vector in another form than the one it is written in is damaged`(
        what: String, entries: [[UInt8]]
    ) throws {
        var sample = try SampleStream()
        try sample.add(1)
        let segment = try ArchivedSegment(
            stream: sample.key, chainBefore: LogChain.start, vectorBefore: VersionVector(),
            chunks: sample.chunks)
        let place = 8 + 1 + 5 + 7 + 8 + 32
        var bytes = segment.bytes
        bytes[place + 3] = UInt8(entries.count)
        let vector = entries.flatMap { entry in
            let zeros = [UInt8](repeating: 0, count: 7)
            return zeros + zeros + [0, entry[0]] + zeros + [entry[1]]
        }
        bytes.insert(contentsOf: vector, at: place + 4)
        #expect(throws: ArchiveFailure.self, "\(what)") { try ArchivedSegment(bytes: bytes) }
    }

    @Test
    func `Records of refused events come in their order, and of the offsets that are covered`()
        throws
    {
        var sample = try SampleStream()
        try sample.add(2, isVoid: true)
        let dots = [1, 2].map { Dot(SampleStream.phone, Counter(rawValue: $0)) }
        func snapshot(_ places: [(dot: Dot, offset: UInt64)]) throws -> ArchivedSnapshot {
            let whole = try sample.snapshot(after: 1)
            let record = whole.voids[0].record
            // Made by hand: the initializer puts all in order.
            var writer = ArchiveByteWriter(magic: "BATONSTA", sample.key)
            writer.put(whole.offset.rawValue, bytes: 8)
            writer.put(whole.chain + whole.stored.stateHash)
            writer.put(UInt64(places.count), bytes: 4)
            for place in places {
                let event = Entry.encodedVoid(record.refusal, digest: record.digest)
                writer.put(place.dot)
                writer.put(place.offset, bytes: 8)
                writer.put(UInt64(event.count), bytes: 4)
                writer.put(event)
            }
            writer.put(UInt64(whole.stored.body.count), bytes: 4)
            writer.put(whole.stored.body)
            return try ArchivedSnapshot(bytes: writer.bytes)
        }
        let sound = try snapshot([(dots[0], 1), (dots[1], 2)])
        #expect(sound.voids.map(\.dot) == dots)
        let wrong: [[(dot: Dot, offset: UInt64)]] = [
            [(dots[1], 2), (dots[0], 1)], [(dots[0], 1), (dots[0], 1)], [(dots[0], 3)],
            [(dots[0], 0)],
        ]
        for places in wrong {
            let failure = #expect(throws: ArchiveFailure.self) { try snapshot(places) }
            #expect(failure?.message.contains("out of order or of no offset") == true, "\(places)")
        }
    }

    @Test func `A file that would unpack to more than it says is stopped`() throws {
        let raw = [UInt8](repeating: 7, count: 100_000)
        let packed = try PackedFile(raw)
        #expect(
            try PackedFile.unpack(
                packed.bytes, count: packed.bytes.count, sha256: packed.sha256, rawBytes: raw.count)
                == raw)
        #expect(throws: ArchiveFailure.self) {
            try PackedFile.unpack(
                packed.bytes, count: packed.bytes.count, sha256: packed.sha256, rawBytes: 99_999)
        }
    }
}
