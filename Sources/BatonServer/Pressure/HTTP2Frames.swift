/// Where the bytes that a client of HTTP/2 sends stand between frames (RFC 9113, sections 3.4 and 4.1). It
/// reads no more of them than their lengths: what is wrong with a frame is for the decoder to say.
package struct HTTP2Frames {
    /// What precedes all frames: `PRI * HTTP/2.0` and so on.
    private static let prefaceLength = 24
    /// A frame's own head: its length (24 bits), type, flags, and stream.
    private static let headLength = 9
    /// Types of frames.
    private static let (data, headers, continuation): (UInt8, UInt8, UInt8) = (0, 1, 9)
    private static let endHeaders: UInt8 = 4

    private var prefaceLeft = Self.prefaceLength
    private var headSeen = 0
    private var length = 0
    private var type: UInt8 = 0
    private var flags: UInt8 = 0
    private var payloadLeft = 0
    /// A request's head has begun whose CONTINUATION is to follow.
    private var isInHead = false

    /// Of a connection on which nothing has come yet.
    package init() {}

    /// Whether all that was begun has ended. A body may take longer, and is watched elsewhere.
    package var isAtRest: Bool {
        (prefaceLeft == 0 || prefaceLeft == Self.prefaceLength) && headSeen == 0 && !isInHead
            && (payloadLeft == 0 || type == Self.data)
    }

    /// Takes in what came next; tells whether a frame, or a head of several, ended in it.
    package mutating func take<Bytes: RandomAccessCollection<UInt8>>(_ bytes: Bytes) -> Bool
    where Bytes.Index == Int {
        var hasEnded = false
        var index = bytes.startIndex
        while index < bytes.endIndex {
            let left = bytes.endIndex - index
            if prefaceLeft > 0 {
                let count = min(prefaceLeft, left)
                prefaceLeft -= count
                index += count
            } else if payloadLeft > 0 {
                let count = min(payloadLeft, left)
                payloadLeft -= count
                index += count
                if payloadLeft == 0, !isInHead { hasEnded = true }
            } else {
                takeHead(bytes[index])
                index += 1
                if headSeen == 0, payloadLeft == 0, !isInHead { hasEnded = true }
            }
        }
        return hasEnded
    }

    private mutating func takeHead(_ byte: UInt8) {
        switch headSeen {
        case 0: length = Int(byte)
        case 1, 2: length = length << 8 | Int(byte)
        case 3: type = byte
        case 4: flags = byte
        default: break
        }
        headSeen += 1
        guard headSeen == Self.headLength else { return }
        headSeen = 0
        payloadLeft = length
        if type == Self.headers || type == Self.continuation {
            isInHead = flags & Self.endHeaders == 0
        }
    }
}
