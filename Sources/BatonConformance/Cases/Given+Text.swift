import BatonCore

extension Given {
    /// The most bytes that a text put together from parts may have: many times any limit.
    private static let longestText = 4 << 20

    /// A text, or a list of texts and `[text, times]` pairs to be joined: so that a case at a limit
    /// of 64 KiB need not be that long itself.
    func joinedText() throws(UnreadableCase) -> String {
        guard case .list = value else { return try text() }
        var joined = ""
        for part in try list() {
            var times: UInt64 = 1
            var text = part
            if case .list = part.value {
                let pair = try part.list(of: 2)
                text = pair[0]
                times = try pair[1].number()
            }
            let piece = try text.text()
            // A number takes the place of its mark, at 32 times its length.
            let longest = UInt64(piece.contains("#") ? piece.utf8.count * 32 : piece.utf8.count)
            let (bytes, overflow) = times.multipliedReportingOverflow(by: longest)
            guard !overflow, bytes <= UInt64(Self.longestText - joined.utf8.count) else {
                throw failure("a text of more than \(Self.longestText) bytes")
            }
            joined += Self.text(piece, times: times)
        }
        return joined
    }

    /// A text so many times; `#` in it is the number of the repetition from 1, as a replica id.
    private static func text(_ text: String, times: UInt64) -> String {
        guard text.contains("#"), times > 0 else {
            return String(repeating: text, count: Int(times))
        }
        let parts = text.split(separator: "#", omittingEmptySubsequences: false)
        return (1...times).map { parts.joined(separator: ReplicaID(high: 0, low: $0).description) }
            .joined()
    }

    /// The bytes whose hexadecimal digits are such a text.
    func bytes() throws(UnreadableCase) -> [UInt8] {
        let digits = Array(try joinedText().utf8)
        guard digits.count.isMultiple(of: 2) else { throw failure("an odd number of digits") }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(digits.count / 2)
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = Self.nibble(digits[index]), let low = Self.nibble(digits[index + 1])
            else { throw failure("lowercase hexadecimal digits are expected") }
            bytes.append(high << 4 | low)
        }
        return bytes
    }

    private static func nibble(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): return digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): return digit - UInt8(ascii: "a") + 10
        default: return nil
        }
    }
}
