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
                _ = try TokenClaims(json: text.payload)
                return true
            }),
        FuzzTarget(
            "claims", "the claims of a token, as JSON",
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
            "keys", "a JWK set, and a list of revocations",
            seeds: {
                [
                    Array(
                        #"{"keys":[{"kty":"oct","kid":"a","k":"AAECAwQFBgcICQoLDA0ODw","alg":"HS256"}]}"#
                            .utf8),
                    Array(
                        #"{"revoked":[{"tenant":"acme","subject":"till-7","since":1},{"tenant":"a","token":"t","since":2}]}"#
                            .utf8),
                ]
            },
            check: { bytes in
                if let set = try? KeySet(bytes) {
                    _ = try? set.json
                    return true
                }
                let list = try Revocations(json: bytes)
                let again = try? Revocations(json: list.json)
                try promise(again == list, "a list of revocations is another once written")
                return true
            }),
    ]
}
