/// The fields of an encoded message, found by walking over their framing only.
struct ProtobufFields {
    struct Field {
        let number: Int
        /// Tag and all.
        let whole: Range<Int>
        /// Of a length-delimited field: what is inside; otherwise empty.
        let content: Range<Int>
    }

    /// The fields of `bytes[range]` in order, or `nil` where it is no whole message.
    static func scan(_ bytes: [UInt8], in range: Range<Int>) -> [Field]? {
        var fields: [Field] = []
        var position = range.lowerBound
        while position < range.upperBound {
            let start = position
            guard let tag = varint(bytes, at: &position, end: range.upperBound), tag >> 3 > 0,
                tag >> 3 <= 0x1FFF_FFFF
            else { return nil }
            var content = position..<position
            switch tag & 7 {
            case 0:
                guard varint(bytes, at: &position, end: range.upperBound) != nil else { return nil }
            case 1: position += 8
            case 2:
                guard let length = varint(bytes, at: &position, end: range.upperBound),
                    length <= UInt64(range.upperBound - position)
                else { return nil }
                content = position..<position + Int(length)
                position = content.upperBound
            case 5: position += 4
            default: return nil
            }
            guard position <= range.upperBound else { return nil }
            fields.append(Field(number: Int(tag >> 3), whole: start..<position, content: content))
        }
        return fields
    }

    private static func varint(_ bytes: [UInt8], at position: inout Int, end: Int) -> UInt64? {
        var result: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            guard position < end else { return nil }
            let byte = bytes[position]
            position += 1
            result |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return result }
        }
        return nil
    }

    /// Appends a length-delimited field.
    static func append(_ number: UInt8, _ content: some Collection<UInt8>, to bytes: inout [UInt8])
    {
        bytes.append(number << 3 | 2)
        var length = content.count
        while length >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: length) | 0x80)
            length >>= 7
        }
        bytes.append(UInt8(length))
        bytes.append(contentsOf: content)
    }
}
