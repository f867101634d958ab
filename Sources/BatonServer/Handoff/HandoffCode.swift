/// The one-time code of a hand-off: 40 random bits in eight letters that can be read aloud and typed
/// (specification section 10.8).
///
/// Written in Crockford's base 32 (https://www.crockford.com/base32.html): no letter is mistaken for
/// another, and what people make of them is read all the same.
package struct HandoffCode: Hashable, Sendable, CustomStringConvertible {
    private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ")
    private static let length = 8
    private static let scheme = "BATON:HANDOFF/"
    /// Bytes of the longest text that is looked at.
    private static let longest = 64

    /// The letters alone: `K7QF3M9T`.
    package let letters: String

    /// The code of the lowest 40 bits.
    init(bits: UInt64) {
        letters = String(
            (0..<Self.length).reversed().map {
                Self.alphabet[Int(bits >> UInt64(5 * $0) & 31)]
            })
    }

    /// Reads a code as a person types it or a camera sees it: in capitals or not, with spaces and
    /// dashes or without, with O for 0, I and L for 1, alone or as ``uri``.
    package init?(_ text: String) {
        guard text.utf8.count <= Self.longest else { return nil }
        let capitals = text.uppercased().trimmingPrefix(Self.scheme)
        let letters = capitals.filter { $0 != " " && $0 != "-" }.map { letter -> Character in
            switch letter {
            case "O": "0"
            case "I", "L": "1"
            default: letter
            }
        }
        guard letters.count == Self.length, letters.allSatisfy(Self.alphabet.contains) else {
            return nil
        }
        self.letters = String(letters)
    }

    /// As it is shown and read aloud: `K7QF-3M9T`.
    package var description: String { "\(letters.prefix(4))-\(letters.suffix(4))" }

    /// What a QR code holds. All of it is of the alphanumeric mode, which makes the smallest picture
    /// (ISO/IEC 18004, section 7.4.4).
    package var uri: String { Self.scheme + description }
}
