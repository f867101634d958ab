import BatonCore
import Foundation
import Testing

@testable import BatonServer

/// Which tokens open the door (specification section 11.2).
@Suite struct `Tokens` {
    private static let rules = TokenRules(issuers: ["https://id.example"], audience: "baton")

    private static func with(
        _ body: @Sendable @escaping (TestServer, TokenForge, LogBook) async throws -> Void
    ) async throws {
        let clock = TestClock()
        let forge = try TokenForge(now: clock.now)
        let log = LogBook()
        let keys = try await TokenKeys(jwks: Array(forge.set.utf8))
        try await TestServer.with(clock: clock, keys: keys, tokens: rules, log: log) { server in
            server.service.put(try BadToken.revocations(forge))
            try await body(server, forge, log)
        }
    }

    private static func call(_ server: TestServer, _ authorization: String?) async throws -> Answer
    {
        try await server.call(
            "GET", "/v1/schemas",
            headers: authorization.map { [("Authorization", $0)] } ?? [], token: .some(nil))
    }

    @Test func `A bad one is refused with its reason in the log and none in the answer`()
        async throws
    {
        try await Self.with { server, forge, log in
            let bad = BadToken.all(forge)
            #expect(bad.count >= 60)
            var bodies: Set<String> = []
            for token in bad {
                _ = log.take()
                let answer = try await Self.call(server, token.authorization)
                #expect(answer.status == 401 && answer.problem == "unauthenticated", "\(token)")
                #expect(answer.headers["www-authenticate"] == "Bearer", "\(token)")
                if token.reason != .missing { bodies.insert(answer.text) }
                let lines = log.take().filter { $0.contains("a token was refused") }
                #expect(lines.count == 1, "\(token): \(lines)")
                #expect(
                    lines.allSatisfy { $0.hasSuffix(" reason=\(token.reason.rawValue)") },
                    "\(token): \(lines)")
                // Neither the token nor a part of it that signs.
                let secret = token.authorization.map { String($0.suffix(20)) } ?? "-"
                #expect(lines.allSatisfy { secret.count < 20 || !$0.contains(secret) }, "\(token)")
            }
            #expect(bodies.count == 1, "\(bodies)")
            let metrics = try await server.call("GET", "/metrics", token: .some(nil)).text
            for code in Set(bad.map(\.reason)) {
                let count = bad.count { $0.reason == code }
                let line = "baton_token_refusals_total{reason=\"\(code.rawValue)\"} \(count)\n"
                #expect(metrics.contains(line), "\(line)")
            }
            #expect(Set(bad.map(\.reason)) == Set(TokenRefusal.Code.allCases))
        }
    }

    @Test func `A good one is taken, whichever key signed it`() async throws {
        try await Self.with { server, forge, log in
            let claims = forge.claims()
            let good = [
                forge.token(), forge.token(header: #"{"typ":"JWT","alg":"HS256","kid":"h"}"#),
                forge.token(header: #"{"typ":"at+jwt","alg":"HS256","kid":"h"}"#),
                forge.token(#"{"alg":"ES256","kid":"e"}"#, claims, .es256),
                forge.token(#"{"alg":"EdDSA","kid":"d"}"#, claims, .edDSA),
                forge.token(claims: ["aud": #"["other","baton"]"#]),
                forge.token(claims: ["exp": "\(forge.now + 60).75", "x": "0.5"]),
                forge.token(claims: ["exp": "\(forge.now - 29)"]),
                forge.token(claims: ["nbf": "\(forge.now + 30)"]),
                // Issued to the holder after what was lost, and another tenant's of the same name.
                forge.token(claims: ["sub": #""lost""#, "iat": "\(forge.now + 1)"]),
                forge.token(claims: ["tenant": #""other""#, "jti": #""gone""#]),
            ]
            for token in good {
                for scheme in ["Bearer", "bearer", "BEARER"] {
                    let answer = try await Self.call(server, "\(scheme) \(token)")
                    #expect(answer.status == 200, "\(log.take())")
                }
            }
        }
    }

    @Test func `A flood of bad ones does not flood the log`() async throws {
        try await Self.with { server, _, log in
            _ = log.take()
            for _ in 1...230 { _ = try await Self.call(server, "Bearer x") }
            #expect(log.take().count { $0.contains("a token was refused") } == 200)
            server.clock.advance(1_000)
            _ = try await Self.call(server, "Bearer x")
            #expect(
                log.take().first { $0.contains("a token was refused") }?.contains("leftOut=30")
                    == true)
        }
    }

    @Test func `A single key needs no id in the token`() async throws {
        try await TestServer.with { server in
            let forge = try TokenForge(now: server.clock.now)
            let token = forge.token(
                claims: ["aud": nil], header: #"{"alg":"HS256"}"#)
            #expect(try await Self.call(server, "Bearer \(token)").status == 200)
            // This server has no name: a token for another one is for nobody here.
            let elsewhere = forge.token(header: #"{"alg":"HS256"}"#)
            #expect(try await Self.call(server, "Bearer \(elsewhere)").status == 401)
        }
    }

    @Test(
        arguments: [
            (#"{"keys":[]}"#, "empty"), ("[]", "not a JWK set"),
            (#"{"keys":[{"kty":"oct","k":"AAAA"}]}"#, "needs a kid"),
            (#"{"keys":[{"kty":"oct","kid":"a","k":"AAAA"}]}"#, "at least 32 bytes"),
            (#"{"keys":[{"kty":"RSA","kid":"a","n":"AAAA","e":"AQAB"}]}"#, "kty RSA"),
            (
                #"{"keys":[{"kty":"EC","crv":"P-384","kid":"a","x":"AAAA","y":"AAAA"}]}"#,
                "crv P-384"
            ),
            (
                #"{"keys":[{"kty":"EC","crv":"P-256","kid":"a","x":"AAAA","y":"AAAA"}]}"#,
                "do not fit"
            ),
            (
                #"{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"a","alg":"HS256","x":"AAAA"}]}"#,
                "alg HS256"
            ),
            (#"{"keys":[{"kty":"oct","kid":"a","use":"enc","k":"AAAA"}]}"#, "use enc"),
        ])
    func `Keys that cannot be used are told`(jwks: String, reason: String) async throws {
        let failure = await #expect(throws: TokenKeys.Failure.self) {
            _ = try await TokenKeys(jwks: Array(jwks.utf8))
        }
        #expect(failure?.description.contains(reason) == true, "\(failure?.description ?? "")")
    }

    @Test func `Two keys of one id are refused, for which is meant nobody can say`() async throws {
        let set = TokenKeys.newSet(secret: (0..<32).map { $0 }, id: "a")
        let key = String(decoding: set, as: UTF8.self).dropFirst(9).dropLast(3)
        await #expect(throws: TokenKeys.Failure.self) {
            _ = try await TokenKeys(jwks: Array("{\"keys\":[\(key),\(key)]}".utf8))
        }
    }

    @Test(arguments: SigningAlgorithm.allCases)
    func `New keys sign, rotate, and verify what the one before signed`(algorithm: SigningAlgorithm)
        async throws
    {
        let clock = TestClock()
        let claims = try TokenClaims(
            tenant: TenantID("acme"), role: .kiosk, streams: ["*"], expires: clock.now / 1000 + 60)
        func inspect(_ token: String, _ keys: TokenKeys) -> TokenRefusal.Code? {
            TokenInspection(
                of: token, keys: keys, rules: TokenRules(), revocations: Revocations(),
                now: clock.now
            ).refusal?.code
        }
        var set = KeySet(new: algorithm, id: "one")
        let first = try await TokenKeys(jwks: set.json)
        let token = try await first.sign(claims)
        #expect(inspect(token, first) == nil)
        set.rotate(to: algorithm, id: "two", most: 2)
        let second = try await TokenKeys(jwks: set.json)
        #expect(second.all.map(\.id) == ["two", "one"])
        let newer = try await second.sign(claims)
        #expect(inspect(token, second) == nil && inspect(newer, second) == nil)
        #expect(inspect(newer, first) == .unknownKey)
        set.rotate(to: algorithm, id: "three", most: 2)
        let third = try await TokenKeys(jwks: set.json)
        #expect(inspect(token, third) == .unknownKey && inspect(newer, third) == nil)
        guard algorithm != .hs256 else {
            #expect(set.publicHalves.keys.isEmpty)
            return
        }
        let verifier = try await TokenKeys(jwks: set.publicHalves.json)
        #expect(inspect(newer, verifier) == nil)
        await #expect(throws: TokenKeys.Failure.self) { try await verifier.sign(claims) }
    }

    @Test func `base64url has one text for each bytes`() {
        for count in 0...70 {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 89 &+ count) }
            let text = Base64URL.text(bytes)
            #expect(Base64URL.bytes(text.utf8) == bytes)
            let plain = Data(bytes).base64EncodedString().replacing("=", with: "")
            #expect(text == plain.replacing("+", with: "-").replacing("/", with: "_"))
        }
        for text in ["A", "AB", "AAB", "AA=", "AA==", "A A", "AAA\n", "AA+A", "é"] {
            #expect(Base64URL.bytes(text.utf8) == nil, "\(text)")
        }
    }
}
