import BatonCore

extension UInt64 {
    /// Reads a number of digits alone, up to the largest that every reader of JSON keeps exactly; nil for
    /// all else. `UInt64(_:)` would take a sign, too.
    init?(digits text: some StringProtocol) {
        guard text.utf8.allSatisfy(Self.isDigit), let number = UInt64(text),
            number <= largestExactInteger
        else { return nil }
        self = number
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
