import BatonLog
import Testing

struct EventFramesTests {
    @Test(arguments: [0, 1, 127, 128, 16_383, 16_384, 70_000])
    func `A frame of any length reads back`(length: Int) throws {
        let content = [UInt8](repeating: 0x22, count: length)
        var body: [UInt8] = []
        EventFrames.append(content, to: &body)
        EventFrames.append([7], to: &body)
        let frames = try #require(EventFrames.scan(body))
        #expect(frames.count == 2)
        #expect(Array(body[frames[0].content]) == content)
        #expect(body[frames[1].content] == [7])
        #expect(frames[0].range.upperBound == frames[1].range.lowerBound)
        #expect(frames[1].range.upperBound == body.count)
    }

    @Test func `An empty body has no frames`() {
        #expect(EventFrames.scan([]) == [])
    }

    @Test(
        arguments: [
            [0x22], [0x22, 2, 1], [0x22, 0x80], [0x0A, 1, 1], [0x22, 1, 1, 0x22],
            [0x22, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01],
            [0x22, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F, 1],
        ] as [[UInt8]])
    func `What is not a sequence of whole frames is refused`(body: [UInt8]) {
        #expect(EventFrames.scan(body) == nil)
    }
}
