/// Writes fields of an encoded message around parts that are encoded already.
enum ProtobufFields {
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
