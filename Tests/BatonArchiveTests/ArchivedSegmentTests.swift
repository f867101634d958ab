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
