/// Where in an entity an operation acts: an RFC 6901 JSON Pointer, `/lines/sku-1/quantity`.
public struct FieldPath: Hashable, Sendable {
    /// The parts, unescaped; empty for the entity itself.
    public let components: [ExactText]

    /// A path of these parts.
    public init(_ components: [ExactText]) { self.components = components }

    /// Reads a JSON Pointer; `nil` if it is neither empty nor starts with `/`, or an escape is wrong.
    public init?(pointer: String) {
        var pointer = pointer
        let path = pointer.withUTF8 { FieldPath(pointer: $0) }
        guard let path else { return nil }
        self = path
    }

    /// Reads a JSON Pointer from its UTF-8; `nil` also where it is not UTF-8.
    ///
    /// By bytes, and not by characters: a slash before a combining mark is none of its own to Swift.
    package init?(pointer bytes: UnsafeBufferPointer<UInt8>) {
        guard let first = bytes.first else {
            self.init([])
            return
        }
        guard first == UInt8(ascii: "/") else { return nil }
        var components: [ExactText] = []
        // An entry of a map and a field of it: what most paths lead to.
        components.reserveCapacity(3)
        var start = 1
        while true {
            let rest = bytes[start...]
            let end = rest.firstIndex(of: UInt8(ascii: "/")) ?? bytes.count
            guard let component = Self.component(UnsafeBufferPointer(rebasing: rest[..<end])) else {
                return nil
            }
            components.append(component)
            guard end < bytes.count else { break }
            start = end + 1
        }
        self.init(components)
    }

    /// One part, unescaped.
    private static func component(_ bytes: UnsafeBufferPointer<UInt8>) -> ExactText? {
        let mark = UInt8(ascii: "~")
        guard bytes.contains(mark) else { return ExactText(utf8: bytes) }
        var unescaped: [UInt8] = []
        var isEscaped = false
        for byte in bytes {
            switch (isEscaped, byte) {
            case (true, UInt8(ascii: "0")): unescaped.append(mark)
            case (true, UInt8(ascii: "1")): unescaped.append(UInt8(ascii: "/"))
            case (true, _): return nil
            case (false, mark): break
            case (false, _): unescaped.append(byte)
            }
            isEscaped = !isEscaped && byte == mark
        }
        return isEscaped ? nil : unescaped.withUnsafeBufferPointer { ExactText(utf8: $0) }
    }

    /// The JSON Pointer.
    public var pointer: String {
        components.reduce(into: "") { text, component in
            text += "/"
            for scalar in component.string.unicodeScalars {
                switch scalar {
                case "~": text += "~0"
                case "/": text += "~1"
                default: text.unicodeScalars.append(scalar)
                }
            }
        }
    }

    /// This path with one more part.
    public func appending(_ component: ExactText) -> FieldPath {
        FieldPath(components + [component])
    }

    /// Whether this path is `other` or leads to it.
    public func isPrefix(of other: FieldPath) -> Bool { other.components.starts(with: components) }
}

extension FieldPath: Comparable, CustomStringConvertible {
    public static func < (left: FieldPath, right: FieldPath) -> Bool {
        left.components.lexicographicallyPrecedes(right.components)
    }

    public var description: String { pointer }
}
