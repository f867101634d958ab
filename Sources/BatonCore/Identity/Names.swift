/// What is wrong with a name, in words that say what to do (specification section 2.2).
public struct InvalidName: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of name it was to be: `stream`, `tenant`, `channel`, `entity` …
    public let kind: String
    /// The rule that a valid name meets.
    public let rule: String

    /// What went wrong and how to mend it.
    public var description: String { "not a valid \(kind) name: use \(rule)" }
}

/// The letters and lengths that a kind of name allows.
struct NameRule {
    let kind: String
    let description: String
    let longest: Int
    let first: (UInt8) -> Bool
    let others: (UInt8) -> Bool

    func check(_ text: String) throws(InvalidName) {
        let bytes = text.utf8
        guard let head = bytes.first, bytes.count <= longest, first(head),
            bytes.dropFirst().allSatisfy(others)
        else { throw InvalidName(kind: kind, rule: description) }
    }

    static func isLowercase(_ byte: UInt8) -> Bool { byte >= 97 && byte <= 122 }
    static func isDigit(_ byte: UInt8) -> Bool { byte >= 48 && byte <= 57 }
    static func isAlphanumeric(_ byte: UInt8) -> Bool {
        isLowercase(byte) || isDigit(byte) || (byte >= 65 && byte <= 90)
    }
    static func isOneOf(_ byte: UInt8, _ marks: StaticString) -> Bool {
        UnsafeBufferPointer(start: marks.utf8Start, count: marks.utf8CodeUnitCount).contains(byte)
    }
}

/// One brand's data, sealed off from every other: `acme`. 1 to 63 of `a-z 0-9 -`, first a letter or digit.
public struct TenantID: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The name as text.
    public let description: String

    /// Checks and wraps a tenant name.
    public init(_ text: String) throws(InvalidName) {
        try NameRule(
            kind: "tenant", description: "1 to 63 of a-z, 0-9 and -, first a letter or digit",
            longest: 63, first: { NameRule.isLowercase($0) || NameRule.isDigit($0) },
            others: {
                NameRule.isLowercase($0) || NameRule.isDigit($0) || $0 == UInt8(ascii: "-")
            }
        ).check(text)
        description = text
    }

    public static func < (left: TenantID, right: TenantID) -> Bool {
        left.description < right.description
    }
}

/// One customer's journey, the unit of sync: `cust-8123`. 1 to 128 of `A-Z a-z 0-9 . _ ~ : @ -`,
/// first a letter or digit.
public struct StreamID: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The name as text.
    public let description: String

    /// Checks and wraps a stream name.
    public init(_ text: String) throws(InvalidName) {
        try NameRule(
            kind: "stream",
            description: "1 to 128 of A-Z, a-z, 0-9, . _ ~ : @ and -, first a letter or digit",
            longest: 128, first: NameRule.isAlphanumeric,
            others: { NameRule.isAlphanumeric($0) || NameRule.isOneOf($0, "._~:@-") }
        ).check(text)
        description = text
    }

    public static func < (left: StreamID, right: StreamID) -> Bool {
        left.description < right.description
    }
}

/// Where a replica stands: `app`, `web`, `store`, `call-center`, `service`, or a tenant's own name.
/// 1 to 32 of `a-z 0-9 -`, first a letter.
public struct ChannelName: Hashable, Sendable, CustomStringConvertible {
    /// The name as text.
    public let description: String

    /// Checks and wraps a channel name.
    public init(_ text: String) throws(InvalidName) {
        try NameRule(
            kind: "channel", description: "1 to 32 of a-z, 0-9 and -, first a letter",
            longest: 32, first: NameRule.isLowercase,
            others: {
                NameRule.isLowercase($0) || NameRule.isDigit($0) || $0 == UInt8(ascii: "-")
            }
        ).check(text)
        description = text
    }
}

/// A cart, order, profile or any type that a schema declares, inside a stream: `cart/main`.
public struct EntityID: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The schema's name: 1 to 63 of `a-z 0-9 -`, first a letter.
    public let type: String
    /// The entity's own name: 1 to 128 of `A-Z a-z 0-9 . _ ~ : @ -`, first a letter or digit.
    public let id: String

    /// Checks and joins a type and an id.
    public init(type: String, id: String) throws(InvalidName) {
        try NameRule(
            kind: "entity type", description: "1 to 63 of a-z, 0-9 and -, first a letter",
            longest: 63, first: NameRule.isLowercase,
            others: {
                NameRule.isLowercase($0) || NameRule.isDigit($0) || $0 == UInt8(ascii: "-")
            }
        ).check(type)
        try NameRule(
            kind: "entity id",
            description: "1 to 128 of A-Z, a-z, 0-9, . _ ~ : @ and -, first a letter or digit",
            longest: 128, first: NameRule.isAlphanumeric,
            others: { NameRule.isAlphanumeric($0) || NameRule.isOneOf($0, "._~:@-") }
        ).check(id)
        self.type = type
        self.id = id
    }

    /// Reads `type/id`.
    public init(_ text: String) throws(InvalidName) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else {
            throw InvalidName(kind: "entity", rule: "type/id, such as cart/main")
        }
        try self.init(type: String(parts[0]), id: String(parts[1]))
    }

    /// `type/id`.
    public var description: String { "\(type)/\(id)" }

    public static func < (left: EntityID, right: EntityID) -> Bool {
        left.type != right.type ? left.type < right.type : left.id < right.id
    }
}
