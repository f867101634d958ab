/// The frames in which events travel and rest: each is a protobuf field 4 of `Batch` as it lies on
/// the wire, that is the byte 0x22, a varint length, and the encoded `Event`.
///
/// The log keeps frames as they came and serves them as they lie; it looks at the framing only.
public enum EventFrames {
    /// The tag byte: field 4, wire type 2 (length-delimited).
    public static let tag: UInt8 = 0x22

    /// One frame's place in a body.
    public struct Frame: Hashable, Sendable {
        /// The whole frame.
        public let range: Range<Int>
        /// The encoded event inside it.
        public let content: Range<Int>
    }

    /// The frames of `body`, or `nil` where it is not a sequence of whole frames. O(frames).
    public static func scan(_ body: [UInt8]) -> [Frame]? {
        var frames: [Frame] = []
        var position = 0
        while position < body.count {
            let start = position
            guard body[position] == tag else { return nil }
            position += 1
            var length = 0
            var shift = 0
            while true {
                guard position < body.count, shift < 35 else { return nil }
                let byte = body[position]
                position += 1
                length |= Int(byte & 0x7F) << shift
                if byte < 0x80 { break }
                shift += 7
            }
            guard length <= body.count - position else { return nil }
            frames.append(
                Frame(range: start..<position + length, content: position..<position + length))
            position += length
        }
        return frames
    }

    /// Appends `content` as a frame.
    public static func append(_ content: some Collection<UInt8>, to body: inout [UInt8]) {
        body.append(tag)
        var length = content.count
        while length >= 0x80 {
            body.append(UInt8(truncatingIfNeeded: length) | 0x80)
            length >>= 7
        }
        body.append(UInt8(length))
        body.append(contentsOf: content)
    }
}
