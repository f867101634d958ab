import Crypto
import Foundation

@testable import BatonServer

/// A value for `Authorization` that opens nothing, and why.
struct BadToken: Sendable, CustomStringConvertible {
    let description: String
    let reason: TokenRefusal.Code
    let authorization: String?

    init(_ description: String, _ reason: TokenRefusal.Code, authorization: String?) {
        self.description = description
        self.reason = reason
        self.authorization = authorization
    }

    init(_ description: String, _ reason: TokenRefusal.Code, _ token: String) {
        self.init(description, reason, authorization: "Bearer \(token)")
    }

    /// All that the suite tries.
    static func all(_ forge: TokenForge) -> [BadToken] {
        missing(forge) + malformed(forge) + headers(forge) + algorithms(forge) + keys(forge)
            + signatures(forge) + claims(forge) + times(forge) + parties(forge) + revoked(forge)
    }

    private static func missing(_ forge: TokenForge) -> [BadToken] {
        let good = forge.token()
        return [
            BadToken("none", .missing, authorization: nil),
            BadToken("another scheme", .missing, authorization: "Basic \(good)"),
            BadToken("the token alone", .missing, authorization: good),
            BadToken("the scheme alone", .missing, authorization: "Bearer"),
            BadToken("a scheme that only begins so", .missing, authorization: "Bearers \(good)"),
            BadToken(
                "9 KiB", .tooLong,
                forge.token(claims: ["x": "\"\(String(repeating: "a", count: 9_000))\""])),
        ]
    }

    private static func malformed(_ forge: TokenForge) -> [BadToken] {
        let good = forge.token()
        let parts = good.split(separator: ".").map(String.init)
        return [
            BadToken("a word", .malformed, "x"),
            BadToken("two parts", .malformed, "\(parts[0]).\(parts[1])"),
            BadToken("four parts", .malformed, good + ".x"),
            BadToken("five parts, as encrypted ones have", .malformed, good + "..x"),
            BadToken("empty parts", .header, ".."),
            BadToken("padding", .malformed, "\(parts[0])==.\(parts[1]).\(parts[2])"),
            BadToken("letters of plain base64", .malformed, "\(parts[0]).\(parts[1]).+/+/"),
            BadToken("a space before", .malformed, " \(good)"),
            BadToken("a space within", .malformed, "\(parts[0]). \(parts[1]).\(parts[2])"),
            BadToken("two tokens", .malformed, "\(good), Bearer \(good)"),
            BadToken("bits that say nothing", .malformed, "\(good.dropLast())\(other(good.last))"),
            BadToken("letters beyond ASCII", .malformed, "\(parts[0]).\(parts[1]).é"),
        ]
    }

    /// The letter whose first bits are those of another one, and whose last two, which no 32 bytes need,
    /// are not.
    private static func other(_ letter: Character?) -> Character {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        let index = letter.flatMap { alphabet.firstIndex(of: $0) } ?? 0
        return alphabet[index ^ 1]
    }

    private static func headers(_ forge: TokenForge) -> [BadToken] {
        let members = [
            #""crit":["exp"]"#, #""jwk":{"kty":"oct","k":"AAAA"}"#,
            #""jku":"https://evil.example/k""#,
            #""x5u":"https://evil.example/c""#, #""x5c":["MIIB"]"#, #""b64":false"#,
            #""zip":"DEF""#,
            #""enc":"A256GCM""#, #""typ":"JOSE""#, #""typ":1"#,
        ]
        let headers = [
            "no JSON", #"["HS256"]"#, #""HS256""#, #"{"kid":"h"}"#, #"{"alg":256,"kid":"h"}"#,
            #"{"alg":null,"kid":"h"}"#, #"{"alg":"HS256","kid":7}"#,
            #"{"alg":"HS256","kid":"h"} x"#,
        ]
        return members.map {
            BadToken(
                "a header with \($0)", .header,
                forge.token(header: "{\"alg\":\"HS256\",\"kid\":\"h\",\($0)}"))
        } + headers.map { BadToken("the header \($0)", .header, forge.token(header: $0)) }
    }

    private static func algorithms(_ forge: TokenForge) -> [BadToken] {
        let names = [
            "None", "NONE", "nOnE", "HS384", "HS512", "RS256", "PS256", "ES384", "ES512", "ES256K",
            "hs256", "EdDSA ", "",
        ]
        return names.map {
            BadToken(
                "the algorithm \"\($0)\"", .algorithm,
                forge.token(header: "{\"alg\":\"\($0)\",\"kid\":\"h\"}"))
        } + [
            BadToken(
                "none, and no signature", .algorithm,
                forge.token(#"{"alg":"none"}"#, forge.claims(), .fixed([]))),
            BadToken(
                "none, with a good key's id", .algorithm,
                forge.token(#"{"alg":"none","kid":"h"}"#, forge.claims(), .fixed([]))),
        ]
    }

    private static func keys(_ forge: TokenForge) -> [BadToken] {
        let unknown = ["nobody", "", "H", "h ", "../../etc/passwd", "h' OR '1'='1"]
        let point = Array(forge.curve.publicKey.rawRepresentation)
        let pem = Array(forge.curve.publicKey.pemRepresentation.utf8)
        let edwards = Array(forge.edwards.publicKey.rawRepresentation)
        let confused: [(String, String, TokenForge.Signer)] = [
            ("a public point as the secret", #"{"alg":"HS256","kid":"e"}"#, .hs256(secret: point)),
            (
                "a public key's PEM as the secret", #"{"alg":"HS256","kid":"e"}"#,
                .hs256(secret: pem)
            ),
            (
                "a public Edwards key as the secret", #"{"alg":"HS256","kid":"d"}"#,
                .hs256(secret: edwards)
            ),
            ("ES256 under the secret's id", #"{"alg":"ES256","kid":"h"}"#, .es256),
            ("EdDSA under the curve's id", #"{"alg":"EdDSA","kid":"e"}"#, .edDSA),
            ("ES256 under the Edwards key's id", #"{"alg":"ES256","kid":"d"}"#, .es256),
        ]
        return unknown.map {
            BadToken(
                "the key id \"\($0)\"", .unknownKey,
                forge.token(header: "{\"alg\":\"HS256\",\"kid\":\"\($0)\"}"))
        } + [
            BadToken(
                "no key id, where there are three keys", .unknownKey,
                forge.token(header: #"{"alg":"HS256"}"#))
        ] + confused.map { BadToken($0, .keyMismatch, forge.token($1, forge.claims(), $2)) }
    }

    private static func signatures(_ forge: TokenForge) -> [BadToken] {
        let good = forge.token()
        let parts = good.split(separator: ".").map(String.init)
        let claims = forge.claims()
        let operatorClaims = Base64URL.text(forge.claims(["role": #""operator""#]).utf8)
        let longerHeader = Base64URL.text(#"{"alg":"HS256","kid":"h","a":1}"#.utf8)
        let (h, e, d) = (
            #"{"alg":"HS256","kid":"h"}"#, #"{"alg":"ES256","kid":"e"}"#,
            #"{"alg":"EdDSA","kid":"d"}"#
        )
        let made: [(String, String, TokenForge.Signer)] = [
            ("another secret", h, .hs256(secret: [UInt8](repeating: 9, count: 32))),
            ("no secret", h, .hs256(secret: [])),
            ("no signature", h, .fixed([])), ("a short one", h, .fixed([0])),
            ("zeros", h, .fixed([UInt8](repeating: 0, count: 32))),
            ("a curve's signature of zeros", e, .fixed([UInt8](repeating: 0, count: 64))),
            ("a curve's signature in DER", e, .es256DER), ("no curve's signature", e, .fixed([])),
            ("a secret's signature under the curve", e, .hs256(secret: forge.secret)),
            ("an Edwards signature of zeros", d, .fixed([UInt8](repeating: 0, count: 64))),
            ("no Edwards signature", d, .fixed([])),
        ]
        return made.map { BadToken($0, .signature, forge.token($1, claims, $2)) } + [
            BadToken("other claims", .signature, "\(parts[0]).\(operatorClaims).\(parts[2])"),
            BadToken("another header", .signature, "\(longerHeader).\(parts[1]).\(parts[2])"),
            BadToken("a bit more", .signature, "\(parts[0]).\(parts[1]).A\(parts[2].dropFirst())"),
            BadToken("half of it", .signature, "\(parts[0]).\(parts[1]).\(parts[2].prefix(20))"),
        ]
    }

    private static func claims(_ forge: TokenForge) -> [BadToken] {
        let changed: [(String, String?)] = [
            ("exp", nil), ("exp", #""2099-01-01""#), ("exp", "1e300"), ("exp", "null"),
            // The one number whose absolute value is none.
            ("exp", "-9223372036854775808"), ("nbf", "-9223372036854775808"),
            ("exp", "true"),
            ("nbf", #""now""#), ("iat", "[1]"), ("tenant", nil), ("tenant", "7"),
            ("tenant", #""""#),
            ("tenant", #""acme/other""#), ("tenant", #""../acme""#), ("role", nil),
            ("role", #""admin""#),
            ("role", #"["operator"]"#), ("role", #""Operator""#), ("streams", nil),
            ("streams", #""*""#),
            ("streams", "[1]"), ("streams", "null"), ("entities", #""cart/main""#),
            ("entities", "null"),
            ("replica", #""r-1""#), ("replica", "1"), ("channel", #""in store""#), ("sub", "7"),
            ("streams", #"["not a name!","s"]"#), ("streams", #"["**"]"#), ("streams", #"[""]"#),
            ("entities", #"["c*"]"#), ("entities", #"["x","cart/main"]"#), ("entities", #"[""]"#),
            ("via", #""ada""#), ("via", #"{"sub":7}"#), ("via", #"{"iat":"now"}"#),
            ("jti", "{}"), ("iss", "7"), ("aud", "7"), ("aud", #"["baton",7]"#),
        ]
        let whole = [
            "no JSON", #"["acme"]"#, "",
            String(repeating: "[", count: 2_000) + String(repeating: "]", count: 2_000),
        ]
        return changed.map { name, value in
            BadToken("\(name): \(value ?? "missing")", .claims, forge.token(claims: [name: value]))
        }
            + whole.map {
                BadToken(
                    "the claims \($0.prefix(20))", .claims,
                    forge.token(#"{"alg":"HS256","kid":"h"}"#, $0, .hs256(secret: forge.secret)))
            }
    }

    private static func times(_ forge: TokenForge) -> [BadToken] {
        [
            BadToken(
                "an hour too late", .expired, forge.token(claims: ["exp": "\(forge.now - 3_600)"])),
            BadToken("just too late", .expired, forge.token(claims: ["exp": "\(forge.now - 30)"])),
            BadToken("of 1969", .expired, forge.token(claims: ["exp": "-1"])),
            BadToken("of 1970", .expired, forge.token(claims: ["exp": "0"])),
            BadToken(
                "an hour too early", .notYet, forge.token(claims: ["nbf": "\(forge.now + 3_600)"])),
            BadToken("just too early", .notYet, forge.token(claims: ["nbf": "\(forge.now + 31)"])),
        ]
    }

    private static func parties(_ forge: TokenForge) -> [BadToken] {
        [
            BadToken("of nobody", .issuer, forge.token(claims: ["iss": nil])),
            BadToken(
                "of another issuer", .issuer,
                forge.token(claims: ["iss": #""https://id.example.evil""#])),
            BadToken(
                "of an issuer in other case", .issuer,
                forge.token(claims: ["iss": #""https://ID.example""#])),
            BadToken("for nobody", .audience, forge.token(claims: ["aud": nil])),
            BadToken(
                "for another server", .audience, forge.token(claims: ["aud": #""baton-staging""#])),
            BadToken("for several others", .audience, forge.token(claims: ["aud": #"["a","b"]"#])),
            BadToken("for none of none", .audience, forge.token(claims: ["aud": "[]"])),
        ]
    }

    /// Of what ``revocations(_:)`` holds.
    private static func revoked(_ forge: TokenForge) -> [BadToken] {
        [
            BadToken("revoked by its id", .revoked, forge.token(claims: ["jti": #""gone""#])),
            BadToken("of a holder who lost it", .revoked, forge.token(claims: ["sub": #""lost""#])),
            BadToken(
                "of the same, without a time", .revoked,
                forge.token(claims: ["sub": #""lost""#, "iat": nil])),
            BadToken(
                "of a replica that is revoked", .revoked,
                forge.token(claims: ["replica": #""\#(replica)""#])),
        ]
    }

    static let replica = String(repeating: "ab", count: 16)

    /// What is revoked in the suite.
    static func revocations(_ forge: TokenForge) throws -> Revocations {
        try Revocations(
            json: Array(
                """
                {"revoked":[{"tenant":"acme","token":"gone","since":0},
                {"tenant":"acme","subject":"lost","since":\(forge.now)},
                {"tenant":"acme","replica":"\(replica)","since":0},
                {"tenant":"rival","token":"t-1","since":0},
                {"tenant":"rival","subject":"till-7","since":\(forge.now)}]}
                """.utf8))
    }
}
