/// Where in an entity an operation acts: an RFC 6901 JSON Pointer, `/lines/sku-1/quantity`.
public struct FieldPath: Hashable, Sendable {
    /// The parts, unescaped; empty for the entity itself.
    public let components: [ExactText]

    /// A path of these parts.
    public init(_ components: [ExactText]) { self.components = components }

    /// Reads a JSON Pointer; `nil` if it is neither empty nor starts with `/`, or an escape is wrong.
    public init?(pointer: String) {
        guard !pointer.isEmpty else {
            self.init([])
            return
        }
        guard pointer.utf8.first == UInt8(ascii: "/") else { return nil }
        var components: [ExactText] = []
        // By scalars: a slash before a combining mark is no character of its own to Swift.
        for part in pointer.unicodeScalars.dropFirst()
            .split(separator: "/", omittingEmptySubsequences: false)
        {
            guard part.contains("~") else {
                components.append(ExactText(String(part)))
                continue
            }
            var unescaped = ""
            var escaping = false
            for scalar in part {
                switch (escaping, scalar) {
                case (true, "0"): unescaped += "~"
                case (true, "1"): unescaped += "/"
                case (true, _): return nil
                case (false, "~"): break
                case (false, _): unescaped.unicodeScalars.append(scalar)
                }
                escaping = !escaping && scalar == "~"
            }
            guard !escaping else { return nil }
            components.append(ExactText(unescaped))
        }
        self.init(components)
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
