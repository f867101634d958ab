import BatonCore

/// Reads protobuf fields one after another from bytes, within bounds.
///
/// For the messages that are read most, whose fields go straight into values of the core: a general
/// decoder would build the message first, at several times the cost.
struct WireReader {
    private let bytes: [UInt8]
    private(set) var position: Int
    private let end: Int

    /// Reads `bytes[range]`.
    init(_ bytes: [UInt8], _ range: Range<Int>) {
        self.bytes = bytes
        position = range.lowerBound
        end = range.upperBound
    }

    /// A field's number and its wire type.
    struct Tag {
        let field: Int
        let type: Int

        static let varint = 0
        static let fixed64 = 1
        static let length = 2
    }

    /// The next field's tag; `nil` at the end.
    mutating func next() throws(WireFailure) -> Tag? {
        guard position < end else { return nil }
        let start = position
        let tag = try varint()
        // A tag has 32 bits, and as a number no more than five bytes.
        guard tag >> 3 > 0, tag >> 3 <= 0x1FFF_FFFF, position - start <= 5 else {
            throw Self.malformed
        }
        return Tag(field: Int(tag >> 3), type: Int(tag & 7))
    }

    mutating func varint() throws(WireFailure) -> UInt64 {
        var result: UInt64 = 0
        var shift: UInt64 = 0
        while position < end, shift < 64 {
            let byte = bytes[position]
            position += 1
            result |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return result }
            shift += 7
        }
        throw Self.malformed
    }

    /// The bytes of a length-delimited field.
    mutating func content() throws(WireFailure) -> Range<Int> {
        let length = try varint()
        guard length <= UInt64(end - position) else { throw Self.malformed }
        let range = position..<position + Int(length)
        position = range.upperBound
        return range
    }

    /// The text of a length-delimited field.
    mutating func text() throws(WireFailure) -> String {
        guard let text = text(at: try content()) else { throw Self.notText }
        return text
    }

    private func text(at range: Range<Int>) -> String? {
        bytes.withUnsafeBufferPointer {
            ExactText(utf8: UnsafeBufferPointer(rebasing: $0[range]))?.string
        }
    }

    /// The JSON Pointer of a length-delimited field, with its text for who has to tell of it.
    mutating func path() throws(WireFailure) -> (path: FieldPath?, text: Range<Int>) {
        let range = try content()
        let path = bytes.withUnsafeBufferPointer { bytes in
            FieldPath(pointer: UnsafeBufferPointer(rebasing: bytes[range]))
        }
        return (path, range)
    }

    /// What to say of a path that could not be read; fails at once where it is no text at all.
    func misread(path range: Range<Int>) throws(WireFailure) -> WireFailure {
        guard let text = text(at: range) else { throw Self.notText }
        return Names.notPointer(text)
    }

    /// The number of a 64-bit field.
    mutating func double() throws(WireFailure) -> Double {
        guard end - position >= 8 else { throw Self.malformed }
        var bits: UInt64 = 0
        for index in 0..<8 { bits |= UInt64(bytes[position + index]) << UInt64(index * 8) }
        position += 8
        return Double(bitPattern: bits)
    }

    /// A reader of a length-delimited field.
    mutating func message() throws(WireFailure) -> WireReader { WireReader(bytes, try content()) }

    /// Passes over a field that is not known here.
    mutating func skip(_ tag: Tag) throws(WireFailure) {
        switch tag.type {
        case Tag.varint: _ = try varint()
        case Tag.fixed64: _ = try double()
        case Tag.length: _ = try content()
        case 5:
            guard end - position >= 4 else { throw Self.malformed }
            position += 4
        default: throw Self.malformed
        }
    }

    /// All of the bytes that this reader was made for, read or not.
    func bytes(from start: Int) -> [UInt8] { Array(bytes[start..<end]) }

    private static let notText = WireFailure(
        .malformedProtobuf, "a text of the message is not UTF-8")

    static let malformed = WireFailure(
        .malformedProtobuf, "not a protobuf message; see protocol/baton.proto")
}
