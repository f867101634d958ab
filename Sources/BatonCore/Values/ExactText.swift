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

extension ExactText: Hashable {
    public static func == (left: ExactText, right: ExactText) -> Bool {
        let count = left.string.utf8.count
        guard count == right.string.utf8.count else { return false }
        let isEqual = left.string.utf8.withContiguousStorageIfAvailable { left in
            right.string.utf8.withContiguousStorageIfAvailable { right in
                left.elementsEqual(right)
            }
        }
        return (isEqual ?? nil) ?? left.string.utf8.elementsEqual(right.string.utf8)
    }

    public func hash(into hasher: inout Hasher) {
        var copy = string
        copy.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        hasher.combine(UInt8(0xFF))
    }
}

extension ExactText: Comparable {
    public static func < (left: ExactText, right: ExactText) -> Bool {
        left.string.utf16.lexicographicallyPrecedes(right.string.utf16)
    }
}

extension ExactText: ExpressibleByStringLiteral, CustomStringConvertible {
    public init(stringLiteral value: String) { self.init(value) }
    public var description: String { string }
}
