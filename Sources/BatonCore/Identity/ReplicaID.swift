/// One installation that writes: a phone, a browser profile, a kiosk, a service.
///
/// 128 random bits, made offline and never registered first (specification section 3.1). The text
/// form is 32 lowercase hexadecimal digits, so that ordering texts and ordering ids is the same.
public struct ReplicaID: Hashable, Sendable {
    /// The first eight bytes, most significant first.
    public let high: UInt64
    /// The last eight bytes, most significant first.
    public let low: UInt64

    /// Makes an id from its two halves; draw both from a good source of randomness.
    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Reads the text form: exactly 32 lowercase hexadecimal digits, not all zero; otherwise `nil`.
    public init?(_ text: some StringProtocol) {
        var digits = 0
        var high: UInt64 = 0
        var low: UInt64 = 0
        for byte in text.utf8 {
            let nibble: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): nibble = byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): nibble = byte - UInt8(ascii: "a") + 10
            default: return nil
            }
            if digits < 16 {
                high = high << 4 | UInt64(nibble)
            } else {
                low = low << 4 | UInt64(nibble)
            }
            digits += 1
            if digits > 32 { return nil }
        }
        guard digits == 32, high != 0 || low != 0 else { return nil }
        self.init(high: high, low: low)
    }
}

extension ReplicaID: Comparable {
    /// Unsigned numeric order, which is also the order of the text forms.
    public static func < (left: ReplicaID, right: ReplicaID) -> Bool {
        left.high != right.high ? left.high < right.high : left.low < right.low
    }
}

extension ReplicaID: CustomStringConvertible {
    /// 32 lowercase hexadecimal digits.
    public var description: String {
        String(unsafeUninitializedCapacity: 32) { buffer in
            for index in 0..<32 {
                let word = index < 16 ? high : low
                let nibble = UInt8(truncatingIfNeeded: word >> UInt64(60 - (index % 16) * 4)) & 15
                buffer[index] = nibble < 10 ? nibble + 48 : nibble + 87
            }
            return 32
        }
    }
}
