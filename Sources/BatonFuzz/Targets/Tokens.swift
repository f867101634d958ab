import BatonServer
import Foundation

extension FuzzTarget {
    /// Tokens, keys and revocations.
    static let tokens: [FuzzTarget] = [
        FuzzTarget(
            "token", "a token, taken apart: header, claims",
            seeds: {
                let header = Data(#"{"alg":"HS256","kid":"a","typ":"JWT"}"#.utf8)
                let claims = Data(
                    #"{"tenant":"acme","role":"kiosk","streams":["cust-*"],"exp":4102444800}"#.utf8)
                let parts = [header, claims, Data(repeating: 7, count: 32)].map {
                    $0.base64EncodedString().replacing("=", with: "").replacing("+", with: "-")
                        .replacing("/", with: "_")
                }
                return [Array(parts.joined(separator: ".").utf8)]
            },
            check: { bytes in
                let text = try TokenText(String(decoding: bytes, as: UTF8.self))
                // A token has one form: whatever else is read as the same bytes is none.
                let parts = bytes.split(
                    separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
                for part in parts {
                    let decoded = Base64URL.bytes(part)
                    try promise(
                        decoded.map { Array(Base64URL.text($0).utf8) } == Array(part),
                        "a part of a token has two forms")
                }
                _ = try TokenClaims(json: text.payload)
                return true
            }),
        FuzzTarget(
            "signature",
            "a token, verified with the keys of a server: header, key, signature, rules",
            seeds: { try TokenSamples.good },
            waiting: { bytes in
                let token = String(decoding: bytes, as: UTF8.self)
                let inspection = TokenInspection(
                    of: token, keys: try await TokenKeys(jwks: TokenSamples.keySet),
                    rules: TokenRules(), revocations: Revocations(), now: 1_770_000_000_000)
                guard inspection.refusal == nil else { return false }
                // Nobody makes a token without a key: what is taken was signed as it stands.
                try promise(
                    TokenSamples.signed.contains { token.hasPrefix($0 + ".") },
                    "a token is taken that no key has signed")
                return true
            }),
        FuzzTarget(
            "claims", "the claims of a token, as JSON", words: jsonWords,
            seeds: {
                [
                    #"{"tenant":"acme","role":"kiosk","streams":["cust-*"],"exp":4102444800}"#,
                    #"{"tenant":"a","role":"customer","streams":["s"],"exp":1.5,"nbf":0,"iat":-1,"aud":["a","b"],"iss":"i","jti":"j","sub":"u","replica":"8f14e45fceea167a5a36dedd4bea2543","entities":["cart/*"],"channel":"app"}"#,
                ].map { Array($0.utf8) }
            },
            check: { bytes in
                let claims = try TokenClaims(json: bytes)
                let again: TokenClaims
                do {
                    again = try TokenClaims(json: Array(JSONEncoder().encode(claims)))
                } catch {
                    throw BrokenPromise("claims as they would be signed are refused: \(error)")
                }
                try promise(again == claims, "claims are others once they are signed")
                return true
            }),
        FuzzTarget(
            "keys", "a JWK set, and a list of revocations", words: jsonWords,
            seeds: {
                [
                    Array(
                        #"{"keys":[{"kty":"oct","kid":"a","k":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8","alg":"HS256"}]}"#
                            .utf8),
                    Array(
                        #"{"revoked":[{"tenant":"acme","subject":"till-7","since":1},{"tenant":"a","token":"t","since":2}]}"#
                            .utf8),
                ]
            },
            waiting: { bytes in
                if let set = try? KeySet(bytes) {
                    _ = try await TokenKeys(jwks: bytes)
                    // A set with names has one form that reads as the same.
                    let json = try set.json
                    try promise(try KeySet(json).json == json, "a key set has two forms")
                    return true
                }
                let list = try Revocations(json: bytes)
                let again = try? Revocations(json: list.json)
                try promise(again == list, "a list of revocations is another once written")
                return true
            }),
    ]
}
