import BatonConformance
import Testing

struct LineSplitterTests {
    @Test func `Lines are cut wherever the bytes were cut`() {
        let bytes = Array("one\ntwo\n\n \r\nthree".utf8)
        for cut in 0...bytes.count {
            var splitter = LineSplitter(longest: 5)
            var lines = splitter.take(bytes[..<cut]) + splitter.take(bytes[cut...])
            if let last = splitter.finish() { lines.append(last) }
            let expected = ["one", "two", "three"].map { LineSplitter.Line.whole(Array($0.utf8)) }
            #expect(lines == expected, "cut at \(cut)")
        }
    }

    @Test func `A line that is too long is dropped, and the next one is read`() {
        var splitter = LineSplitter(longest: 3)
        let lines = splitter.take(Array("abc\nabcd\nab\n".utf8)[...])
        #expect(lines == [.whole(Array("abc".utf8)), .overlong, .whole(Array("ab".utf8))])
        #expect(splitter.finish() == nil)
    }
}
