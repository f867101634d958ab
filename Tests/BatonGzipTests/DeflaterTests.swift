import Testing

@testable import BatonGzip

@Suite struct DeflaterTests {
    private let text = (0..<20_000).flatMap { Array("shirt \($0 * 7919 % 10_007), ".utf8) }

    @Test(arguments: CompressedFormat.allCases, [1, 1_000, 100_000, 1_000_000])
    func `What was compressed piece by piece comes back`(
        format: CompressedFormat, step: Int
    ) throws {
        let given = step == 1 ? Array(text.prefix(5_000)) : text
        var deflater = try Deflater(level: .fastest, as: format)
        var packed: [UInt8] = []
        for start in stride(from: 0, to: given.count, by: step) {
            packed += deflater.next(Array(given[start..<min(start + step, given.count)]))
        }
        packed += deflater.finish()
        #expect(packed.count < given.count)
        #expect(try Gzip.decompress(packed, limit: given.count, as: format) == given)
    }

    @Test(arguments: CompressedFormat.allCases)
    func `Nothing at all is compressed and comes back as nothing`(format: CompressedFormat) throws {
        var deflater = try Deflater(as: format)
        let packed = deflater.next([]) + deflater.finish()
        #expect(!packed.isEmpty)
        #expect(try Gzip.decompress(packed, limit: 0, as: format) == [])
    }
}
