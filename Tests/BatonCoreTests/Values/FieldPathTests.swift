import BatonCore
import Testing

struct FieldPathTests {
    @Test func `A pointer splits into its parts and back`() throws {
        let pointer = "/lines/a~1b~0c/quantity"
        let path = try #require(FieldPath(pointer: pointer))
        #expect(path.components == ["lines", "a/b~c", "quantity"])
        #expect(path.pointer == pointer)
    }

    @Test func `The examples of RFC 6901 read as it says`() {
        #expect(FieldPath(pointer: "")?.components == [])
        #expect(FieldPath(pointer: "/")?.components == [""])
        #expect(FieldPath(pointer: "/foo/0")?.components == ["foo", "0"])
        #expect(FieldPath(pointer: "/ ")?.components == [" "])
        #expect(FieldPath(pointer: "/~01")?.components == ["~1"])
    }

    @Test(arguments: ["lines", "~1lines", "/a~", "/a~2", "/~/b"])
    func `A wrong pointer is none`(pointer: String) {
        #expect(FieldPath(pointer: pointer) == nil)
    }

    @Test func `A slash counts also before a combining mark`() {
        let path = FieldPath(pointer: "/\u{301}a/\u{308}b~1\u{301}")
        #expect(path?.components == ["\u{301}a", "\u{308}b/\u{301}"])
        #expect(path?.pointer == "/\u{301}a/\u{308}b~1\u{301}")
    }

    @Test func `A path leads to itself and to what lies below`() throws {
        let line = try #require(FieldPath(pointer: "/lines/a"))
        #expect(line.isPrefix(of: line) && line.isPrefix(of: line.appending("title")))
        #expect(!line.isPrefix(of: FieldPath(["lines", "ab"])))
        #expect(!line.isPrefix(of: FieldPath(["lines"])))
    }
}
