import BatonServer

extension FuzzTarget {
    /// What is looked at of a connection's bytes before they are a request.
    static let connections: [FuzzTarget] = [
        FuzzTarget(
            "http2-frames", "what a client of HTTP/2 sends, by its frames",
            words: ["PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"],
            seeds: {
                let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)
                let settings: [UInt8] = [0, 0, 0, 4, 0, 0, 0, 0, 0]
                let head: [UInt8] = [0, 0, 2, 1, 1, 0, 0, 0, 1, 0x82, 0x87]
                let rest: [UInt8] = [0, 0, 1, 9, 4, 0, 0, 0, 1, 0x84]
                let body: [UInt8] = [0, 0, 3, 0, 1, 0, 0, 0, 1, 1, 2, 3]
                return [preface + settings, preface + settings + head + rest + body]
            },
            check: { bytes in
                var whole = HTTP2Frames()
                let hasEnded = whole.take(bytes)
                for length in [1, 7] {
                    var pieces = HTTP2Frames()
                    var ends = 0
                    for start in stride(from: 0, to: bytes.count, by: length) {
                        if pieces.take(bytes[start..<min(start + length, bytes.count)]) {
                            ends += 1
                        }
                    }
                    try promise(pieces.isAtRest == whole.isAtRest, "rest hangs on where it is cut")
                    try promise((ends > 0) == hasEnded, "an end hangs on where it is cut")
                }
                return hasEnded
            })
    ]
}
