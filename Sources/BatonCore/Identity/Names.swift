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
    let first: ASCIISet
    let others: ASCIISet

    func check(_ text: String) throws(InvalidName) {
        var text = text
        let isValid = text.withUTF8 { allows($0) }
        guard isValid else { throw InvalidName(kind: kind, rule: description) }
    }

    private func allows(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let head = bytes.first, bytes.count <= longest, first.contains(head) else {
            return false
        }
        return bytes.dropFirst().allSatisfy(others.contains)
    }

    static func isDigit(_ byte: UInt8) -> Bool { ASCIISet.digits.contains(byte) }
}

/// A set of ASCII letters: membership is a shift and a mask.
struct ASCIISet {
    private var low: UInt64 = 0
    private var high: UInt64 = 0

    static let digits = ASCIISet("0123456789")
    static let lowercase = ASCIISet("abcdefghijklmnopqrstuvwxyz")
    static let alphanumeric = digits.union(lowercase).union("ABCDEFGHIJKLMNOPQRSTUVWXYZ")

    init(_ letters: StaticString) {
        for byte in UnsafeBufferPointer(start: letters.utf8Start, count: letters.utf8CodeUnitCount)
        {
            if byte < 64 { low |= 1 << UInt64(byte) } else { high |= 1 << UInt64(byte - 64) }
        }
    }

    func union(_ other: ASCIISet) -> ASCIISet {
        var all = self
        all.low |= other.low
        all.high |= other.high
        return all
    }

    func union(_ letters: StaticString) -> ASCIISet { union(ASCIISet(letters)) }

    func contains(_ byte: UInt8) -> Bool {
        byte < 64 ? low >> UInt64(byte) & 1 == 1 : byte < 128 && high >> UInt64(byte - 64) & 1 == 1
    }
}

extension NameRule {
    static let tenant = NameRule(
        kind: "tenant", description: "1 to 63 of a-z, 0-9 and -, first a letter or digit",
        longest: 63, first: ASCIISet.lowercase.union(.digits),
        others: ASCIISet.lowercase.union(.digits).union("-"))
    static let stream = NameRule(
        kind: "stream",
        description: "1 to 128 of A-Z, a-z, 0-9, . _ ~ : @ and -, first a letter or digit",
        longest: 128, first: .alphanumeric, others: ASCIISet.alphanumeric.union("._~:@-"))
    static let channel = NameRule(
        kind: "channel", description: "1 to 32 of a-z, 0-9 and -, first a letter",
        longest: 32, first: .lowercase, others: ASCIISet.lowercase.union(.digits).union("-"))
    static let entityType = NameRule(
        kind: "entity type", description: "1 to 63 of a-z, 0-9 and -, first a letter",
        longest: 63, first: .lowercase, others: ASCIISet.lowercase.union(.digits).union("-"))
    static let field = NameRule(
        kind: "field", description: "1 to 63 of A-Z, a-z, 0-9 and _, first a letter", longest: 63,
        first: ASCIISet.lowercase.union("ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
        others: ASCIISet.alphanumeric.union("_"))
    static let entityID = NameRule(
        kind: "entity id",
        description: "1 to 128 of A-Z, a-z, 0-9, . _ ~ : @ and -, first a letter or digit",
        longest: 128, first: .alphanumeric, others: ASCIISet.alphanumeric.union("._~:@-"))
}

/// One brand's data, sealed off from every other: `acme`. 1 to 63 of `a-z 0-9 -`, first a letter or digit.
public struct TenantID: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The name as text.
    public let description: String

    /// Checks and wraps a tenant name.
    public init(_ text: String) throws(InvalidName) {
        try NameRule.tenant.check(text)
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
        try NameRule.stream.check(text)
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
        try NameRule.channel.check(text)
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
        try NameRule.entityType.check(type)
        try NameRule.entityID.check(id)
        self.type = type
        self.id = id
    }

    /// Reads `type/id`.
    public init(_ text: String) throws(InvalidName) {
        guard let slash = text.utf8.firstIndex(of: UInt8(ascii: "/")) else {
            throw InvalidName(kind: "entity", rule: "type/id, such as cart/main")
        }
        let id = text.utf8.index(after: slash)
        try self.init(type: String(text[..<slash]), id: String(text[id...]))
    }

    /// `type/id`.
    public var description: String { "\(type)/\(id)" }

    public static func < (left: EntityID, right: EntityID) -> Bool {
        left.type != right.type ? left.type < right.type : left.id < right.id
    }
}
