/// Text that is equal only to the same sequence of Unicode scalars.
///
/// Swift's `String` holds "é" in one scalar and in two to be equal; other languages do not. State
/// must be the same everywhere byte for byte, so keys and values compare exactly, and order by
/// UTF-16 code units as RFC 8785 (section 3.2.3) sorts object keys.
public struct ExactText: Sendable {
    /// The text itself.
    public let string: String

    /// Wraps a string as it is; nothing is normalized.
    public init(_ string: String) { self.string = string }

    /// The text's length in bytes of UTF-8.
    public var byteCount: Int { string.utf8.count }
}

extension ExactText {
    /// The text of UTF-8 bytes; `nil` where they are none.
    package init?(utf8 bytes: UnsafeBufferPointer<UInt8>) {
        // Most texts are ASCII, and need no validation by the general, slower way.
        if bytes.allSatisfy({ $0 < 0x80 }) {
            self.init(String(decoding: bytes, as: UTF8.self))
        } else if let string = String(validating: bytes, as: UTF8.self) {
            self.init(string)
        } else {
            return nil
        }
    }

    /// Calls `body` with the text's bytes of UTF-8.
    func withUTF8<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        var copy = string
        return copy.withUTF8(body)
    }
}

extension ExactText: Hashable {
    public static func == (left: ExactText, right: ExactText) -> Bool {
        left.withUTF8 { left in
            right.withUTF8 { right in
                left.count == right.count && firstDifference(left, right) == nil
            }
        }
    }

    public func hash(into hasher: inout Hasher) {
        withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        hasher.combine(UInt8(0xFF))
    }

    /// Where two texts first differ, up to the end of the shorter one.
    private static func firstDifference(
        _ left: UnsafeBufferPointer<UInt8>, _ right: UnsafeBufferPointer<UInt8>
    ) -> Int? {
        let count = min(left.count, right.count)
        let (leftWords, rightWords) = (UnsafeRawBufferPointer(left), UnsafeRawBufferPointer(right))
        var index = 0
        while index + 8 <= count,
            leftWords.loadUnaligned(fromByteOffset: index, as: UInt64.self)
                == rightWords.loadUnaligned(fromByteOffset: index, as: UInt64.self)
        { index += 8 }
        while index < count {
            if left[index] != right[index] { return index }
            index += 1
        }
        return nil
    }
}

extension ExactText: Comparable {
    public static func < (left: ExactText, right: ExactText) -> Bool {
        left.withUTF8 { left in
            right.withUTF8 { right in
                guard let index = firstDifference(left, right) else {
                    return left.count < right.count
                }
                return rank(left[index]) < rank(right[index])
            }
        }
    }

    /// Where a byte of UTF-8 stands in the order of UTF-16, if all before it is the same: that of the
    /// bytes, but for the scalars above U+FFFF, which UTF-16 writes as surrogates (U+D800 to U+DFFF),
    /// before U+E000 to U+FFFF, whose first bytes are EE and EF.
    private static func rank(_ byte: UInt8) -> Int {
        byte == 0xEE || byte == 0xEF ? 0x100 + Int(byte) : Int(byte)
    }
}

extension ExactText: ExpressibleByStringLiteral, CustomStringConvertible {
    public init(stringLiteral value: String) { self.init(value) }
    public var description: String { string }
}
