import Testing

@testable import BatonGzip

@Suite struct InflaterTests {
    @Test(arguments: [1, 2, 7, 1_000])
    func `Input may come in pieces of any size`(piece: Int) throws {
        let text = (0..<20_000).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 3) }
        let half = text.count / 2
        let packed =
            try Gzip.compress(Array(text[..<half])) + Gzip.compress(Array(text[half...]))
        var inflater = try Inflater(.gzip)
        var output: [UInt8] = []
        for start in stride(from: 0, to: packed.count, by: piece) {
            inflater.feed(Array(packed[start..<min(start + piece, packed.count)]))
            while let block = try inflater.next(atMost: 512) {
                #expect(block.count <= 512)
                output += block
            }
        }
        try inflater.finish()
        #expect(output == text)
    }

    @Test func `A block that expands a thousandfold comes out in small blocks`() throws {
        let packed = try Gzip.compress([UInt8](repeating: 7, count: 4_000_000))
        var inflater = try Inflater(.gzip)
        inflater.feed(packed)
        var count = 0
        while let block = try inflater.next() {
            #expect(block.count <= 64 * 1024)
            count += block.count
        }
        try inflater.finish()
        #expect(count == 4_000_000)
    }

    @Test func `An end in the middle is found when finishing`() throws {
        let packed = try Gzip.compress(Array("some text".utf8))
        var inflater = try Inflater(.gzip)
        inflater.feed(Array(packed.dropLast(9)))
        while try inflater.next() != nil {}
        let failure = #expect(throws: GzipFailure.self) { try inflater.finish() }
        #expect(failure?.code == .cutOff)
    }
}
