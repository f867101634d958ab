import BatonCore
import Testing

@testable import BatonWire

@Suite struct WholeNumbersTests {
    @Test func `Whole numbers have no fraction in JSON, and strings are left alone`() throws {
        let value = Value.object([
            "a": .integer(2), "b": .list([.integer(-9_007_199_254_740_991), .integer(0)]),
            "c": "1.0, \"2.0\" and \\", "d": .integer(10),
        ])
        let json = String(decoding: try Protobuf.encodeJSON(value.message), as: UTF8.self)
        #expect(
            json
                == #"{"a":2,"b":[-9007199254740991,0],"c":"1.0, \"2.0\" and \\","d":10}"#)
    }
}
