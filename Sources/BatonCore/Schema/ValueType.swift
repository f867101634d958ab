/// What kind of value a register, a set or a log holds, and within which bounds.
public enum ValueType: Hashable, Sendable {
    /// Text of at most this many bytes of UTF-8.
    case text(longest: Int)
    /// A whole number in a range.
    case integer(ClosedRange<Int64>)
    /// True or false.
    case boolean
    /// ``Money``: minor units of a currency, of these.
    case money(MoneyRange)
    /// An ``InstantFormat`` text.
    case instant
    /// One of these texts.
    case enumeration([ExactText])
    /// An asset elsewhere: `{"uri", "type", "digest"}`, digest as `sha256:` and 64 hex digits. Its
    /// type is one of these media types, where `image/*` stands for all images; empty: any.
    case reference(media: [ExactText])

    /// All whole numbers that JSON keeps exactly.
    public static let anyInteger = ValueType.integer(
        -Int64(largestExactInteger)...Int64(largestExactInteger))

    /// Any amount of any currency.
    public static let anyMoney = ValueType.money(MoneyRange())

    /// Why `value` is not of this type; `nil` if it is.
    public func objection(to value: Value) -> String? {
        switch (self, value) {
        case (.text(let longest), .text(let text)):
            return text.byteCount <= longest
                ? nil : "text of \(text.byteCount) bytes where at most \(longest) are allowed"
        case (.integer(let range), .integer(let number)):
            return range.contains(number)
                ? nil : "\(number) is outside \(range.lowerBound) to \(range.upperBound)"
        case (.boolean, .boolean): return nil
        case (.money(let range), _):
            guard let money = Money(value) else {
                return
                    #"money is {"amount": minor units, "currency": "EUR"}, got \#(value.summary)"#
            }
            return range.objection(to: money)
        case (.instant, .text(let text)):
            return InstantFormat.isValid(text.string)
                ? nil : "an instant is written 2026-01-31T12:00:00.000Z, got \(value.summary)"
        case (.enumeration(let allowed), .text(let text)):
            return allowed.contains(text)
                ? nil
                : "\(value.summary) is not one of \(allowed.map(\.string).joined(separator: ", "))"
        case (.reference(let media), .object(let members)):
            guard Self.isReference(members), let type = members["type"]?.string else {
                return #"a reference is {"uri", "type", "digest": "sha256:…"}"#
            }
            return media.isEmpty || media.contains(where: { $0.isMediaRange(of: type) })
                ? nil
                : "the media type \(type.prefix(60)) is not one of "
                    + media.map(\.string).joined(separator: ", ")
        default: return "\(name) is expected, got \(value.summary)"
        }
    }

    /// The type's name in a schema document.
    public var name: String {
        switch self {
        case .text: return "text"
        case .integer: return "integer"
        case .boolean: return "boolean"
        case .money: return "money"
        case .instant: return "instant"
        case .enumeration: return "enumeration"
        case .reference: return "reference"
        }
    }

    private static func isReference(_ members: [ExactText: Value]) -> Bool {
        guard members.count == 3, let uri = members["uri"]?.string, !uri.isEmpty,
            let type = members["type"]?.string, type.utf8.contains(UInt8(ascii: "/")),
            let digest = members["digest"]?.string, digest.utf8.count == 71,
            digest.hasPrefix("sha256:")
        else { return false }
        return digest.utf8.dropFirst(7).allSatisfy {
            NameRule.isDigit($0) || ($0 >= 97 && $0 <= 102)
        }
    }
}

extension Value {
    /// The value for an error message: its canonical JSON, cut short.
    var summary: String {
        let json = canonicalJSON
        return json.utf8.count <= 60 ? json : String(json.prefix(60)) + "…"
    }

    /// How deep lists and objects nest; 0 for a plain value.
    var depth: Int {
        switch self {
        case .list(let elements): return 1 + (elements.map(\.depth).max() ?? 0)
        case .object(let members): return 1 + (members.values.map(\.depth).max() ?? 0)
        default: return 0
        }
    }
}

extension ExactText {
    /// Whether this names a media type, or all of a kind: `image/png`, `image/*`.
    var isMediaRange: Bool {
        let parts = string.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, byteCount <= 127, parts[0] != "*" else { return false }
        return parts.allSatisfy { part in
            // RFC 6838, section 4.2: the letters of a restricted name; and those in lower case.
            part == "*"
                || !part.isEmpty
                    && part.utf8.allSatisfy { letter in
                        NameRule.isDigit(letter) || (97...122).contains(letter)
                            || "!#$&-^_.+".utf8.contains(letter)
                    }
        }
    }

    /// Whether a media type is this one, or of this kind.
    func isMediaRange(of type: String) -> Bool {
        let range = string
        return range.hasSuffix("/*") ? type.hasPrefix(range.dropLast()) : range == type
    }
}
