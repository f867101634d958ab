import BatonServer
import Crypto
import Foundation

/// Tokens that are good, by keys that everybody knows: of each algorithm one.
enum TokenSamples {
    private static let secret = (0..<32).map { UInt8($0) }
    private static let claims =
        #"{"tenant":"acme","role":"kiosk","streams":["cust-*"],"exp":4102444800}"#

    /// The server's keys: `h` for HS256, `e` for ES256, `d` for EdDSA.
    static var keySet: [UInt8] {
        get throws {
            let point = try curve().publicKey.rawRepresentation
            let edwards = try edwards().publicKey.rawRepresentation
            return Array(
                """
                {"keys":[{"kty":"oct","kid":"h","k":"\(Base64URL.text(secret))"},
                {"kty":"EC","crv":"P-256","kid":"e","x":"\(Base64URL.text(point.prefix(32)))",
                "y":"\(Base64URL.text(point.suffix(32)))"},
                {"kty":"OKP","crv":"Ed25519","kid":"d","x":"\(Base64URL.text(edwards))"}]}
                """.utf8)
        }
    }

    private static func curve() throws -> P256.Signing.PrivateKey {
        try P256.Signing.PrivateKey(rawRepresentation: Data(1...32))
    }

    private static func edwards() throws -> Curve25519.Signing.PrivateKey {
        try Curve25519.Signing.PrivateKey(rawRepresentation: Data(1...32))
    }

    /// What the keys have signed: header and claims.
    static let signed: [String] = [("HS256", "h"), ("ES256", "e"), ("EdDSA", "d")].map {
        let header = #"{"alg":"\#($0)","kid":"\#($1)","typ":"JWT"}"#
        return "\(Base64URL.text(header.utf8)).\(Base64URL.text(claims.utf8))"
    }

    /// The tokens, with their signatures.
    static var good: [[UInt8]] {
        get throws {
            let data = signed.map { Data($0.utf8) }
            let signatures = [
                Data(
                    HMAC<SHA256>.authenticationCode(
                        for: data[0], using: SymmetricKey(data: secret))),
                try curve().signature(for: data[1]).rawRepresentation,
                try edwards().signature(for: data[2]),
            ]
            return zip(signed, signatures).map { Array("\($0).\(Base64URL.text($1))".utf8) }
        }
    }
}
