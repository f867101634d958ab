import BatonCore
import Testing

@testable import BatonWire

@Suite struct WholeNumbersTests {
    private func json(_ value: Value) throws -> String {
        String(decoding: try Protobuf.encodeJSON(value.message), as: UTF8.self)
    }

    @Test func `Whole numbers have no fraction in JSON`() throws {
        #expect(try json(.integer(2)) == "2")
        #expect(try json(.integer(10)) == "10")
        #expect(try json(.object(["a": .integer(2)])) == #"{"a":2}"#)
        #expect(
            try json(.list([.integer(-9_007_199_254_740_991), .integer(0)]))
                == "[-9007199254740991,0]")
    }

    @Test func `What looks like a fraction inside a string stays`() throws {
        #expect(try json(#"1.0, "2.0" and \"#) == ##""1.0, \"2.0\" and \\""##)
    }
}
