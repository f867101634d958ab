import Crypto
import Foundation

@testable import BatonServer

/// Makes tokens, good ones and all others: with a key of each kind, as the server has them, and with what
/// an attacker has.
struct TokenForge: Sendable {
    let secret = (0..<32).map { UInt8($0) }
    let curve: P256.Signing.PrivateKey
    let edwards: Curve25519.Signing.PrivateKey
    let now: Int64

    /// `now` is in milliseconds since 1970.
    init(now: Int64) throws {
        self.now = now / 1000
        curve = try P256.Signing.PrivateKey(rawRepresentation: Data(1...32))
        edwards = try Curve25519.Signing.PrivateKey(rawRepresentation: Data(1...32))
    }

    /// The server's keys: `h` for HS256, `e` for ES256, `d` for EdDSA.
    var set: String {
        let point = curve.publicKey.rawRepresentation
        return """
            {"keys":[
            {"kty":"oct","kid":"h","k":"\(Base64URL.text(secret))"},
            {"kty":"EC","crv":"P-256","kid":"e","x":"\(Base64URL.text(point.prefix(32)))",\
            "y":"\(Base64URL.text(point.suffix(32)))","d":"\(Base64URL.text(curve.rawRepresentation))"},
            {"kty":"OKP","crv":"Ed25519","kid":"d","x":"\(Base64URL.text(edwards.publicKey.rawRepresentation))",\
            "d":"\(Base64URL.text(edwards.rawRepresentation))"}
            ]}
            """
    }

    /// What signs.
    enum Signer: Sendable {
        case hs256(secret: [UInt8])
        case es256
        case es256DER
        case edDSA
        /// These bytes, whatever is to be signed.
        case fixed([UInt8])
    }

    /// Claims that are good, as members of JSON by name.
    func claims(_ changes: [String: String?] = [:]) -> String {
        var members: [String: String] = [
            "tenant": #""acme""#, "role": #""service""#, "streams": #"["*"]"#,
            "exp": "\(now + 600)", "iss": #""https://id.example""#, "aud": #""baton""#,
            "sub": #""till-7""#, "jti": #""t-1""#, "iat": "\(now)",
        ]
        for (name, value) in changes { members[name] = value }
        return "{"
            + members.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\($0.value)" }
            .joined(separator: ",") + "}"
    }

    /// A token of header and claims as they are given.
    func token(_ header: String, _ claims: String, _ signer: Signer) -> String {
        let signed = "\(Base64URL.text(header.utf8)).\(Base64URL.text(claims.utf8))"
        return "\(signed).\(Base64URL.text(signature(of: Data(signed.utf8), signer)))"
    }

    private func signature(of data: Data, _ signer: Signer) -> [UInt8] {
        switch signer {
        case .hs256(let secret):
            return Array(
                HMAC<SHA256>.authenticationCode(for: data, using: SymmetricKey(data: secret)))
        case .es256:
            return (try? curve.signature(for: data)).map { Array($0.rawRepresentation) } ?? []
        case .es256DER:
            return (try? curve.signature(for: data)).map { Array($0.derRepresentation) } ?? []
        case .edDSA: return (try? edwards.signature(for: data)).map { Array($0) } ?? []
        case .fixed(let bytes): return bytes
        }
    }

    /// A token by the server's own secret, with other claims or another header.
    func token(
        claims changes: [String: String?] = [:], header: String = #"{"alg":"HS256","kid":"h"}"#
    ) -> String {
        token(header, claims(changes), .hs256(secret: secret))
    }
}
