import BatonCore
import Foundation
import Testing

@testable import BatonLog

/// How the body of a snapshot lies in the file.
struct PackedBodyTests {
    private static let bodies: [[UInt8]] = [
        [], [1], [0], [0, 0, 0, 0, 0, 0], [UInt8](repeating: 7, count: 70_000),
        (0..<300).map { UInt8(truncatingIfNeeded: $0 &* 167) }, [UInt8](repeating: 0, count: 5_000),
    ]

    @Test(arguments: bodies.indices)
    func `A body comes back as it was`(index: Int) throws {
        let body = Self.bodies[index]
        #expect(try PackedBody.unpack(PackedBody.pack(body)) == body)
    }

    @Test func `Only what gets smaller is packed`() throws {
        #expect(try PackedBody.pack([1, 2, 3]) == [1, 2, 3])
        #expect(try PackedBody.pack([UInt8](repeating: 7, count: 70_000)).count < 1_000)
    }

    @Test func `What was not packed by it is not unpacked`() throws {
        let packed = try PackedBody.pack([UInt8](repeating: 7, count: 1_000))
        #expect(PackedBody.unpack(packed.dropLast()) == nil)
        #expect(PackedBody.unpack([0]) == nil)
        #expect(PackedBody.unpack([0, 0, 0, 0, 9]) == nil)
        var longer = packed
        longer[4] &+= 1
        #expect(PackedBody.unpack(longer) == nil)
        var shorter = packed
        shorter[4] &-= 1
        #expect(PackedBody.unpack(shorter) == nil)
    }

    @Test(arguments: SnapshotKind.allCases)
    func `A snapshot takes less in the file than its body, and is read as it was stored`(
        kind: SnapshotKind
    ) async throws {
        try await withDirectory { directory in
            let stream = try key("cust-1")
            let body = (0..<5_000).flatMap { Array("/lines/\($0 % 50)/quantity".utf8) }
            let snapshot = StoredSnapshot(
                offset: Offset(rawValue: 1), body: body, stateHash: [3])
            let log = try SQLiteLog.open(directory: directory)
            try await log.push(phone, from: 1, ["a"], to: stream)
            try await log.store(snapshot, as: kind, for: stream)
            #expect(try await log.snapshot(of: stream, kind) == snapshot)
            await log.close()
            let file = try Connection(path: directory + "/baton.db", access: .read)
            let stored = try file.number("SELECT length(body) FROM snapshot")
            #expect(stored < body.count / 4)
            file.close()
        }
    }

    @Test func `A stream that begins at a base keeps it packed`() async throws {
        try await withDirectory { directory in
            let stream = try key("cust-1")
            let base = StoredSnapshot(
                offset: Offset(rawValue: 1), body: [UInt8](repeating: 7, count: 9_000),
                stateHash: [3])
            let beginning = StreamBeginning(
                horizon: Offset(rawValue: 1), chain: digest("one"),
                counters: VersionVector([phone: Counter(rawValue: 1)]), base: base, voids: [])
            let log = try SQLiteLog.open(directory: directory)
            try await log.begin(stream, at: beginning)
            #expect(try await log.beginning(of: stream).base == base)
            await log.close()
            let file = try Connection(path: directory + "/baton.db", access: .read)
            #expect(try file.number("SELECT length(body) FROM snapshot") < 1_000)
            file.close()
        }
    }
}
