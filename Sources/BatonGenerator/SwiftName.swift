/// What the names of a schema are called in Swift.
enum SwiftName {
    /// `wish-list`: `WishList`.
    static func entity(_ type: String) -> String {
        let name = type.split(separator: "-").map { capitalized(String($0)) }.joined()
        return typeNames.contains(name) ? name + "Entity" : name
    }

    /// The type of what a field holds: `status`: `Status`.
    static func nested(_ field: String) -> String {
        let name = capitalized(field)
        return typeNames.contains(name) ? name + "Field" : name
    }

    /// The property of a field: its own name, which is a word of Swift's letters already.
    static func property(_ field: String) -> String {
        memberNames.contains(field) ? field + "_" : quoted(field)
    }

    /// The case of a value: `some-day`: `someDay`.
    static func enumCase(_ value: String) -> String {
        let words = value.unicodeScalars.split { !isPart($0) }.map { String($0) }
        guard let first = words.first else {
            return value.isEmpty
                ? "empty"
                : "u"
                    + value.unicodeScalars.map { String($0.value, radix: 16) }.joined(
                        separator: "_")
        }
        let head = first == first.uppercased() ? first.lowercased() : lowered(first)
        var name = head + words.dropFirst().map(capitalized).joined()
        if let scalar = name.unicodeScalars.first, !isStart(scalar) { name = "_" + name }
        // An underscore alone is no name.
        if name.allSatisfy({ $0 == "_" }) { name += "u5f" }
        return caseNames.contains(name) ? name + "_" : quoted(name)
    }

    /// A text as a literal.
    static func literal(_ text: String) -> String {
        let escaped = text.unicodeScalars.map { scalar -> String in
            switch scalar {
            case "\\": return "\\\\"
            case "\"": return "\\\""
            default:
                return scalar.properties.generalCategory == .control
                    || scalar.properties.generalCategory == .format
                    || scalar.properties.generalCategory == .lineSeparator
                    || scalar.properties.generalCategory == .paragraphSeparator
                    ? "\\u{\(String(scalar.value, radix: 16))}" : String(scalar)
            }
        }
        return "\"" + escaped.joined() + "\""
    }

    private static func isStart(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "_" || scalar.properties.isIDStart
    }

    private static func isPart(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "_" || scalar.properties.isIDContinue
    }

    private static func capitalized(_ word: String) -> String {
        word.prefix(1).uppercased() + word.dropFirst()
    }

    private static func lowered(_ word: String) -> String {
        word.prefix(1).lowercased() + word.dropFirst()
    }

    private static func quoted(_ name: String) -> String {
        keywords.contains(name) ? "`\(name)`" : name
    }
}
