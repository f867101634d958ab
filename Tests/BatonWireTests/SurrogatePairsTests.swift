import BatonCore
import SwiftProtobuf
import Testing

@testable import BatonWire

/// Texts beyond the basic plane come through JSON as they were, escaped or not.
@Suite struct SurrogatePairsTests {
    private func read(_ json: String) throws -> String? {
        try Value(Protobuf.decodeJSON(Google_Protobuf_Value.self, from: Array(json.utf8))).string
    }

    @Test(arguments: [
        0x10000, 0x1F600, 0x1FFFF, 0x20000, 0x20BB7, 0x2FFFF, 0x30000, 0xE0100, 0xFFFFF, 0x100000,
        0x10FFFF,
    ])
    func `An escaped pair is its scalar, on every plane`(number: UInt32) throws {
        let scalar = try #require(Unicode.Scalar(number))
        let units = Array(String(Character(scalar)).utf16)
        let hex = units.map { "\\u" + String($0, radix: 16) }.joined()
        let upper = units.map { "\\u" + String($0, radix: 16, uppercase: true) }.joined()
        let text = String(Character(scalar))
        #expect(
            try read("\"a\(hex)b\"")?.unicodeScalars.elementsEqual("a\(text)b".unicodeScalars)
                == true)
        #expect(
            try read("\"\(upper)\(hex)\"")?.unicodeScalars.elementsEqual(
                "\(text)\(text)".unicodeScalars) == true)
    }

    @Test func `What only looks like a pair is left alone`() throws {
        // An escaped backslash before "ud842": no escape at all.
        #expect(try read(#""\\ud842\\udfb7""#) == #"\ud842\udfb7"#)
        #expect(try read(#""\\\ud83d\ude00""#) == #"\😀"#)
        #expect(try read(#""\u00e9\n\"""#) == "\u{e9}\n\"")
        for half in [#""\ud842""#, #""\udfb7\ud842""#, #""\ud842\u0041""#, #""\ud842\"#] {
            #expect(throws: WireFailure.self) { try read(half) }
        }
    }
}
