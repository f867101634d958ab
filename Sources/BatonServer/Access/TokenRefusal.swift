/// Why a token is not taken: for the log and a metric, never for the answer, which says nothing that
/// helps to make a better one.
public struct TokenRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong with it.
    public enum Code: String, CaseIterable, Sendable {
        /// There is none, or not as `Authorization: Bearer TOKEN`.
        case missing
        /// It is longer than any that is looked at.
        case tooLong = "too-long"
        /// It is not three parts in base64url.
        case malformed
        /// Its first part is no header that is understood.
        case header
        /// Its algorithm is none of those that are taken.
        case algorithm
        /// No key of the set has its key id.
        case unknownKey = "unknown-key"
        /// Its algorithm is not that of its key.
        case keyMismatch = "key-mismatch"
        /// The signature is not by its key.
        case signature
        /// A claim is missing, or not of its form.
        case claims
        case expired
        case notYet = "not-yet"
        case issuer
        case audience
        /// It, its holder or its replica was revoked.
        case revoked
    }

    /// What is wrong with it.
    public let code: Code
    /// More of it, for a log; without anything that is secret.
    public let detail: String

    init(_ code: Code, _ detail: String) {
        self.code = code
        self.detail = detail
    }

    /// `code: detail`.
    public var description: String { "\(code.rawValue): \(detail)" }
}
