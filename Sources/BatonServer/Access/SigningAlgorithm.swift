/// How a token is signed (RFC 7518, RFC 8037). There are no others: not `none`, not RSA.
public enum SigningAlgorithm: String, CaseIterable, Sendable {
    /// HMAC with SHA-256 and a secret that signer and verifier share.
    case hs256 = "HS256"
    /// ECDSA with P-256 and SHA-256.
    case es256 = "ES256"
    /// Ed25519.
    case edDSA = "EdDSA"
}
