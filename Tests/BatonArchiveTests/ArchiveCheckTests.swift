import BatonCore
import BatonLog
import BatonWire
import Foundation
import Testing

@testable import BatonArchive

/// Damage of every kind is found and named (`protocol/archive.md`, section 6).
@Suite struct ArchiveCheckTests {
    /// An archive of two streams, one with a gap and a snapshot.
    private func withArchive(_ body: (String, SampleStream) throws -> Void) throws {
        try withFolder { path in
            let sample = try SampleStream.long()
            let writer = try ArchiveWriter(path)
            try sample.archive(0..<5, in: writer)
            try sample.archive(5..<8, in: writer)
            try sample.archive(10..<12, in: writer)
            var stream = try writer.stream(sample.key)
            try stream.put(sample.snapshot(after: 8))
            try stream.finish()
            try SampleStream.long("Other").archive(0..<12, in: writer)
            try writer.finish()
            try body(path, sample)
        }
    }

    private func files(below path: String) -> [String] {
        (FileManager.default.subpaths(atPath: path) ?? []).sorted().filter {
            $0.hasSuffix(".json") || $0.hasSuffix(".entries") || $0.hasSuffix(".state")
        }
    }

    @Test func `What was written is whole`() throws {
        try withArchive { path, _ in
            var done = 0
            let tally = try ArchiveCheck.run(path) { streams, _ in done = streams }
            #expect(tally.findings == [])
            #expect(tally.streams == 2)
            #expect(done == 2)
            #expect(tally.entries == UInt64(24 + 20))
            #expect(files(below: path).count == 8)
        }
    }

    /// `BATON_DAMAGED_BYTES=1000` tries more places.
    @Test func `A damaged byte is found and named, wherever it is`() throws {
        let wanted =
            ProcessInfo.processInfo.environment["BATON_DAMAGED_BYTES"].flatMap { Int($0) } ?? 80
        try withArchive { path, _ in
            let files = files(below: path)
            let sizes = try files.map {
                try Data(contentsOf: URL(fileURLWithPath: "\(path)/\($0)")).count
            }
            let step = max(1, sizes.reduce(0, +) / wanted)
            var place = 0
            for (file, size) in zip(files, sizes) {
                while place < size {
                    try damage("\(path)/\(file)", at: place) {
                        let findings = try ArchiveCheck.run(path).findings
                        #expect(
                            findings.contains { $0.file == file },
                            "byte \(place) of \(file): \(findings)")
                    }
                    place += step
                }
                place -= size
            }
        }
    }

    private func damage(_ file: String, at place: Int, _ body: () throws -> Void) throws {
        let url = URL(fileURLWithPath: file)
        let whole = try Data(contentsOf: url)
        var damaged = whole
        damaged[place] ^= UInt8(1 << (place % 8))
        try damaged.write(to: url)
        try body()
        try whole.write(to: url)
    }

    @Test func `A file that is missing, cut off or another's is found`() throws {
        try withArchive { path, sample in
            let folder = "\(path)/acme/cust-1"
            let first = "\(folder)/\(ArchiveNames.segment(at: Offset(rawValue: 1)))"
            let url = URL(fileURLWithPath: first)
            let whole = try Data(contentsOf: url)
            func finding() throws -> ArchiveFinding? { try ArchiveCheck.run(path).findings.first }

            try FileManager.default.removeItem(at: url)
            #expect(try finding()?.reason == "the file is missing")
            #expect(try finding()?.offset == Offset(rawValue: 1))
            #expect(try finding()?.stream == sample.key)

            try whole.dropLast().write(to: url)
            #expect(try finding()?.reason.contains("bytes, but the manifest says") == true)

            let other = "\(path)/acme/%4fther/\(ArchiveNames.segment(at: Offset(rawValue: 1)))"
            try FileManager.default.removeItem(at: url)
            try FileManager.default.copyItem(atPath: other, toPath: first)
            #expect(try finding() != nil)
            try whole.write(to: url)
            #expect(try finding() == nil)
        }
    }

    @Test func `A stream that went missing, or lies in another's folder, is found`() throws {
        try withArchive { path, _ in
            let folder = "\(path)/acme/cust-1"
            try FileManager.default.moveItem(atPath: folder, toPath: "\(path)/acme/cust-2")
            #expect(
                try ArchiveCheck.run(path).findings.map(\.file) == ["acme/cust-2/manifest.json"])
            try FileManager.default.removeItem(atPath: "\(path)/acme/cust-2")
            let finding = try #require(try ArchiveCheck.run(path).findings.first)
            #expect(finding.file == "manifest.json")
            #expect(finding.reason == "2 streams were archived, but only 1 are there")
        }
    }

    @Test func `Segments that do not follow each other are found, though each is whole`() throws {
        let ours = try SampleStream.long()
        let cases: [(chain: [UInt8], vector: VersionVector)] = [
            (LogChain.start, try ours.place(after: 5).vector),
            (try ours.place(after: 5).chain, try ours.place(after: 6).vector),
        ]
        for (index, before) in cases.enumerated() {
            try withFolder { path in
                let writer = try ArchiveWriter(path)
                try ours.archive(0..<5, in: writer)
                // The till's counter goes on after what the vector before it says.
                var counters = try ours.place(after: 5).vector.counters
                counters[SampleStream.till] = before.vector[SampleStream.till]
                let chunk = Chunk(
                    replica: SampleStream.till, counter: before.vector[SampleStream.till].next,
                    offset: ours.chunks[5].offset, count: ours.chunks[5].count,
                    body: ours.chunks[5].body, receivedAt: 1)
                var stream = try writer.stream(ours.key)
                do {
                    try stream.begin(
                        after: ours.chunks[4].lastOffset, chain: before.chain,
                        vector: VersionVector(counters))
                    try stream.append(chunk)
                    try stream.finish()
                    #expect(index == 1, "the writer took what does not follow")
                } catch let failure as ArchiveFailure {
                    #expect(failure.code == .foreign && index == 0)
                    return
                }
                let findings = try ArchiveCheck.run(path).findings
                #expect(findings.map(\.offset) == [ours.chunks[5].offset])
                #expect(findings.first?.reason.contains("counters") == true)
            }
        }
    }

    @Test func `A snapshot that says other than the entries is found`() throws {
        let sample = try SampleStream.long()
        for (chain, covered) in [(LogChain.start, 8), (try sample.place(after: 8).chain, 7)] {
            try withFolder { path in
                let writer = try ArchiveWriter(path)
                try sample.archive(0..<12, in: writer)
                let offset = sample.chunks[7].lastOffset
                let state = StreamState(
                    entities: [:], vector: try sample.place(after: covered).vector, offset: offset)
                var stream = try writer.stream(sample.key)
                try stream.put(
                    ArchivedSnapshot(
                        stream: sample.key, chain: chain,
                        stored: StoredSnapshot(
                            offset: offset, body: Protobuf.encode(state.message),
                            stateHash: StateHash(of: state).bytes), voids: []))
                try stream.finish()
                #expect(try ArchiveCheck.run(path).findings.map(\.offset) == [offset])
            }
        }
    }

    @Test func `An archive of a newer version is refused, not misread`() throws {
        try withFolder { path in
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true)
            let newer = #"{"checksum":"?","format":"baton-archive","streams":0,"version":2}"#
            try Data(newer.utf8).write(to: URL(fileURLWithPath: "\(path)/manifest.json"))
            do {
                _ = try ArchiveCheck.run(path)
                Issue.record("a newer version was read")
            } catch let failure as ArchiveFailure {
                #expect(failure.code == .newerFormat)
            }
        }
    }
}
