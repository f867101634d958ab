import Testing

@testable import BatonGzip

@Suite struct GzipTests {
    private let text = Array(String(repeating: "two shirts, one hat; ", count: 5_000).utf8)

    @Test(arguments: CompressedFormat.allCases, CompressionLevel.allCases)
    func `What was compressed comes back`(format: CompressedFormat, level: CompressionLevel) throws
    {
        let packed = try Gzip.compress(text, level: level, as: format)
        #expect(packed.count < text.count / 10)
        #expect(try Gzip.decompress(packed, limit: text.count, as: format) == text)
    }

    @Test(arguments: CompressedFormat.allCases)
    func `Nothing at all is compressed and comes back as nothing`(format: CompressedFormat) throws {
        let packed = try Gzip.compress([], as: format)
        #expect(!packed.isEmpty)
        #expect(try Gzip.decompress(packed, limit: 0, as: format) == [])
    }

    @Test func `Members that follow one another are read as one`() throws {
        let first = try Gzip.compress(Array("one ".utf8))
        let second = try Gzip.compress(Array("two".utf8))
        #expect(
            try Gzip.decompress(first + second + [0, 0, 0], limit: 100) == Array("one two".utf8))
    }

    @Test func `A byte over the limit is refused and the error names the limit`() throws {
        let packed = try Gzip.compress(text)
        let failure = try #require(throws: GzipFailure.self) {
            try Gzip.decompress(packed, limit: text.count - 1)
        }
        #expect(failure.code == .tooLarge)
        #expect(failure.message.contains("\(text.count - 1) bytes"))
    }

    @Test func `Every truncation is noticed`() throws {
        let packed = try Gzip.compress(Array("a short text that is cut anywhere".utf8))
        for length in packed.indices {
            let failure = try #require(throws: GzipFailure.self) {
                try Gzip.decompress(Array(packed.prefix(length)), limit: 1_000)
            }
            #expect(failure.code == .cutOff)
        }
    }

    @Test(arguments: CompressedFormat.allCases)
    func `Plain text is not compressed data`(format: CompressedFormat) throws {
        let failure = try #require(throws: GzipFailure.self) {
            try Gzip.decompress(Array("plain text".utf8), limit: 1_000, as: format)
        }
        #expect(failure.code == .garbled)
        #expect(failure.cause != nil)
    }

    @Test func `A changed byte is noticed by the checksum`() throws {
        var packed = try Gzip.compress(text)
        packed[packed.count - 6] ^= 1
        let failure = try #require(throws: GzipFailure.self) {
            try Gzip.decompress(packed, limit: text.count)
        }
        #expect(failure.code == .garbled)
    }

    @Test func `Bytes after a deflate stream are refused`() throws {
        let packed = try Gzip.compress(text, as: .deflate)
        let failure = try #require(throws: GzipFailure.self) {
            try Gzip.decompress(packed + [1], limit: text.count, as: .deflate)
        }
        #expect(failure.code == .garbled)
    }
}
