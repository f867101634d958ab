import BatonFuzz
import Foundation
import Testing

/// Every parser on what it must take, on what fuzzing has found, and on damage to both.
@Suite struct `Parsers of hostile bytes` {
    private static let corpus = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().appendingPathComponent("Corpus")

    private static let names = FuzzTarget.all.map(\.name)

    private func target(_ name: String) throws -> FuzzTarget {
        try #require(FuzzTarget.named(name))
    }

    /// What is kept of earlier runs for a target, by file name.
    private static func kept(for name: String) throws -> [(file: String, bytes: [UInt8])] {
        let folder = corpus.appendingPathComponent(name).path
        guard FileManager.default.fileExists(atPath: folder) else { return [] }
        return try FileManager.default.contentsOfDirectory(atPath: folder).sorted().map { file in
            let data = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(file)"))
            return (file, Array(data))
        }
    }

    @Test func `have a name and a corpus each, and every corpus is of one`() throws {
        #expect(Set(Self.names).count == Self.names.count)
        let folders = try FileManager.default.contentsOfDirectory(atPath: Self.corpus.path)
        #expect(Set(folders) == Set(Self.names))
    }

    @Test(arguments: Self.names)
    func `take what they are for`(name: String) async throws {
        let target = try target(name)
        let seeds = try target.seeds()
        #expect(!seeds.isEmpty)
        for seed in seeds {
            let isTaken = try await target.run(seed)
            #expect(isTaken || target.isSlow, "\(String(decoding: seed, as: UTF8.self))")
        }
    }

    @Test(arguments: Self.names)
    func `keep their promises on all that fuzzing has found, and on each beginning of it`(
        name: String
    ) async throws {
        let target = try target(name)
        for (file, bytes) in try Self.kept(for: name) {
            for end in Self.ends(of: bytes, atMost: target.isSlow ? 4 : 300) {
                await #expect(throws: Never.self, "\(name)/\(file), \(end) bytes") {
                    _ = try await target.run(Array(bytes.prefix(end)))
                }
            }
        }
    }

    @Test(arguments: Self.names)
    func `keep their promises on damaged input`(name: String) async throws {
        let target = try target(name)
        var generator = SplitMix(state: 20_261_126)
        let whole = try target.seeds() + Self.kept(for: name).map(\.bytes)
        // As many for each target, however many files are kept of it.
        let rounds = max(1, (target.isSlow ? 100 : 2_000) / whole.count)
        for seed in whole {
            for end in Self.ends(of: seed, atMost: target.isSlow ? 4 : 300) {
                _ = try await target.run(Array(seed.prefix(end)))
            }
            for _ in 0..<rounds {
                let damaged = generator.damage(seed, with: whole)
                await #expect(throws: Never.self, "\(name): \(damaged)") {
                    _ = try await target.run(damaged)
                }
            }
        }
    }

    /// All lengths of a short input, and some of a long one.
    private static func ends(of bytes: [UInt8], atMost most: Int) -> [Int] {
        Array(stride(from: 0, through: bytes.count, by: bytes.count / most + 1)) + [bytes.count]
    }
}

/// Vigna's SplitMix64: the same damage each time.
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return bits ^ (bits >> 31)
    }

    /// A few changes of the kinds that break parsers.
    mutating func damage(_ bytes: [UInt8], with others: [[UInt8]]) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...4, using: &self) {
            let place = Int.random(in: 0...bytes.count, using: &self)
            switch Int.random(in: 0..<6, using: &self) {
            case 0 where place < bytes.count: bytes[place] = .random(in: 0...255, using: &self)
            case 1 where place < bytes.count:
                bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &self)
            case 2: bytes.insert([0, 0x7F, 0x80, 0xFF].randomElement(using: &self) ?? 0, at: place)
            case 3:
                let end = min(bytes.count, place + .random(in: 1...16, using: &self))
                bytes.removeSubrange(place..<end)
            case 4:
                let other = others.randomElement(using: &self) ?? []
                let start = Int.random(in: 0...other.count, using: &self)
                bytes.insert(contentsOf: other[start...].prefix(32), at: place)
            default:
                let end = min(bytes.count, place + .random(in: 1...32, using: &self))
                bytes.insert(contentsOf: bytes[place..<end], at: place)
            }
        }
        return bytes
    }
}
