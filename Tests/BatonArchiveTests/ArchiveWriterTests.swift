import BatonCore
import BatonLog
import BatonWire
import Foundation
import Testing

@testable import BatonArchive

/// What is written is read again, whatever came between.
@Suite struct ArchiveWriterTests {
    @Test func `Entries come out as they went in, chunk for chunk`() throws {
        try withFolder { path in
            let sample = try SampleStream.long()
            let writer = try ArchiveWriter(path)
            try sample.archive(0..<12, in: writer)
            try writer.finish()
            #expect(try chunks(in: path, of: sample.key) == sample.chunks)
            let manifest = try #require(try Archive(opening: path).manifest(of: sample.key))
            #expect(manifest.last == sample.chunks[11].lastOffset)
            #expect(manifest.segments.map(\.receivedFrom) == [1_000])
            #expect(manifest.segments.map(\.receivedTo) == [1_011])
            #expect(
                manifest.segments[0].chainAfter
                    == Hexadecimal.text(try sample.place(after: 12).chain))
        }
    }

    @Test func `A later part goes behind, and what is there already is only held against it`()
        throws
    {
        try withFolder { path in
            let sample = try SampleStream.long()
            for range in [0..<5, 3..<9, 0..<9, 9..<12] {
                try sample.archive(range, in: ArchiveWriter(path))
            }
            #expect(try chunks(in: path, of: sample.key) == sample.chunks)
            let manifest = try #require(try Archive(opening: path).manifest(of: sample.key))
            #expect(manifest.segments.count == 3)
            #expect(manifest.runs.count == 1)
        }
    }

    @Test func `A part that fell between goes where it belongs`() throws {
        try withFolder { path in
            let sample = try SampleStream.long()
            let writer = try ArchiveWriter(path)
            try sample.archive(2..<4, in: writer)
            try sample.archive(7..<9, in: writer)
            #expect(try Archive(opening: path).manifest(of: sample.key)?.runs.count == 2)
            let whole = try sample.archive(0..<12, in: writer)
            #expect(whole.written == whole.manifest.entries - 9)
            #expect(whole.manifest.runs.count == 1)
            #expect(try chunks(in: path, of: sample.key) == sample.chunks)
        }
    }

    @Test func `Entries of another log are refused, wherever they differ`() throws {
        try withFolder { path in
            let ours = try SampleStream.long()
            try ours.archive(0..<6, in: ArchiveWriter(path))
            var theirs = try SampleStream()
            for chunk in ours.chunks.prefix(3) {
                try theirs.add(chunk.count, by: chunk.replica, mark: "other")
            }
            // Ends where the archive's segment does, and before.
            for count in [6, 3, 2] {
                var other = try SampleStream()
                for (index, chunk) in ours.chunks.prefix(count).enumerated() {
                    try other.add(
                        chunk.count, by: chunk.replica,
                        mark: index == 1 ? "other" : "cust-1 \(index)",
                        isVoid: index == 4)
                }
                do {
                    try other.archive(0..<count, in: ArchiveWriter(path))
                    Issue.record("entries of another log were taken for the archive's")
                } catch let failure as ArchiveFailure {
                    #expect(failure.code == .foreign)
                }
            }
            #expect(try chunks(in: path, of: ours.key) == Array(ours.chunks.prefix(6)))
        }
    }

    @Test func `A segment ends where the limit says, and never inside a chunk`() throws {
        try withFolder { path in
            var sample = try SampleStream()
            for _ in 0..<4 { try sample.add(4_000) }
            try sample.add(1, mark: String(repeating: "x", count: ArchiveLimits.segmentBytes))
            try sample.add(1)
            let stream = try sample.archive(0..<6, in: ArchiveWriter(path))
            #expect(stream.manifest.segments.map { $0.last - $0.first + 1 } == [12_000, 4_001, 1])
            #expect(try chunks(in: path, of: sample.key) == sample.chunks)
        }
    }

    @Test func `Only one writes at a time`() throws {
        try withFolder { path in
            let first = try ArchiveWriter(path)
            do {
                _ = try ArchiveWriter(path)
                Issue.record("two writers held one archive")
            } catch let failure as ArchiveFailure {
                #expect(failure.code == .busy)
            }
            try first.finish()
        }
    }

    @Test func `What a killed writer left is no part of the archive, and the next one goes on`()
        throws
    {
        try withFolder { path in
            let sample = try SampleStream.long()
            try sample.archive(0..<6, in: ArchiveWriter(path))
            let folder = "\(path)/acme/cust-1"
            // A segment that no manifest names, and a file that was not finished.
            let stray = ArchiveNames.segment(at: sample.chunks[6].offset)
            try Data("half".utf8).write(to: URL(fileURLWithPath: "\(folder)/\(stray)"))
            try Data("{".utf8).write(to: URL(fileURLWithPath: "\(folder)/.tmp-manifest.json"))
            try FileManager.default.createDirectory(
                atPath: "\(path)/acme/cust-2", withIntermediateDirectories: true)
            #expect(try ArchiveCheck.run(path).findings == [])
            try sample.archive(6..<12, in: ArchiveWriter(path))
            #expect(try chunks(in: path, of: sample.key) == sample.chunks)
            #expect(try ArchiveCheck.run(path).findings == [])
        }
    }

    @Test func `A later snapshot takes the place of an earlier one`() throws {
        try withFolder { path in
            let sample = try SampleStream.long()
            let writer = try ArchiveWriter(path)
            for count in [4, 8] {
                var stream = try writer.stream(sample.key)
                try stream.put(sample.snapshot(after: count))
                try stream.finish()
            }
            let archive = try Archive(opening: path)
            let manifest = try #require(try archive.manifest(of: sample.key))
            #expect(manifest.snapshots.count == 1)
            let read = try archive.snapshot(manifest.snapshots[0], of: sample.key)
            #expect(try read == sample.snapshot(after: 8))
            #expect(read.voids.count == 1)
        }
    }

    @Test func `Names that differ in case alone lie in different folders, and long ones fit`()
        throws
    {
        var names: Set<String> = []
        for stream in ["Cust-1", "cust-1", "a:b@c~d", String(repeating: "A", count: 128)] {
            let folder = ArchiveNames.folder(of: try SampleStream(stream).key)
            #expect(folder == folder.lowercased())
            #expect(folder.utf8.count < 255)
            names.insert(folder)
        }
        #expect(names.count == 4)
        #expect(names.contains("acme/%43ust-1"))
        #expect(names.contains("acme/a%3ab%40c%7ed"))
    }
}
