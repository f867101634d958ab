extension SwiftName {
    /// Words that are names only between backticks (The Swift Programming Language, Lexical
    /// Structure, "Keywords and Punctuation").
    static let keywords: Set<String> = [
        "as", "associatedtype", "break", "case", "catch", "class", "continue", "default", "defer",
        "deinit", "do", "else", "enum", "extension", "fallthrough", "false", "fileprivate", "for",
        "func", "guard", "if", "import", "in", "inout", "internal", "is", "let", "nil", "operator",
        "precedencegroup", "private", "protocol", "public", "repeat", "rethrows", "return",
        "static", "struct", "subscript", "super", "switch", "throw", "throws", "true", "try",
        "typealias", "var", "where", "while",
    ]

    /// Words that mean something else after a dot, even between backticks.
    private static let afterDot: Set<String> = ["init", "self", "Self", "Type", "Protocol", "Any"]

    /// What the generated types have themselves.
    static let memberNames = afterDot.union(["place", "plain"])

    /// What an enumeration has itself, and what an optional one would be taken for.
    static let caseNames = afterDot.union([
        "none", "some", "allCases", "rawValue", "fieldValue", "hash", "hashValue",
    ])

    /// What generated source uses, what Swift keeps for itself, and the SDK's own entities.
    static let typeNames: Set<String> = [
        "Any", "AnyObject", "AssetReference", "Bool", "CaseIterable", "Cart", "CountField",
        "FieldContent", "FieldPlace", "Instant", "Int64", "LogField", "ManyField", "MapField",
        "Money", "Optional", "Order", "Profile", "Protocol", "RegisterField", "Self", "Sendable",
        "SetField", "String", "Type", "TypedEntity", "TypedPlace", "WorkflowField",
    ]
}
