import JWTKit

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The keys that sign and verify tokens, from a JWK set (RFC 7517): `oct` for HS256, `EC` P-256 for
/// ES256, `OKP` Ed25519 for EdDSA. Several may stand in one set, for rotation.
public struct TokenKeys: Sendable {
    /// Keys that cannot be used: why, and what to do.
    public struct Failure: Error, Sendable, CustomStringConvertible {
        /// What went wrong and how to mend it.
        public let description: String
    }

    /// Signs and verifies.
    let collection: JWTKeyCollection
    /// The first key's id, under which new tokens are signed.
    let signer: JWKIdentifier

    private struct KeySet: Codable {
        var keys: [Key]
    }

    private struct Key: Codable {
        var kty: String
        var kid: String?
        var alg: String?
        var crv: String?
        var k: String?
        var x: String?
        var y: String?
        var d: String?
    }

    /// Reads a JWK set. Each key needs a `kid`.
    public init(jwks: [UInt8]) async throws(Failure) {
        let set: KeySet
        do {
            set = try JSONDecoder().decode(KeySet.self, from: Data(jwks))
        } catch {
            throw Failure(description: "not a JWK set (RFC 7517): {\"keys\": […]}")
        }
        let collection = JWTKeyCollection()
        for key in set.keys {
            guard let kid = key.kid, !kid.isEmpty else {
                throw Failure(description: "every key of the set needs a kid")
            }
            do {
                try await Self.add(key, as: JWKIdentifier(string: kid), to: collection)
            } catch let failure as Failure {
                throw failure
            } catch {
                throw Failure(description: "key \(kid) cannot be used: \(error)")
            }
        }
        guard let first = set.keys.first?.kid else {
            throw Failure(description: "the key set is empty; baton token --new-key FILE makes one")
        }
        self.collection = collection
        signer = JWKIdentifier(string: first)
    }

    private static func add(
        _ key: Key, as kid: JWKIdentifier, to collection: JWTKeyCollection
    ) async throws {
        if key.kty == "oct" {
            guard let encoded = key.k, let secret = Data(base64URL: encoded), secret.count >= 32
            else {
                throw Failure(description: "an oct key needs k: at least 32 bytes in base64url")
            }
            await collection.add(hmac: HMACKey(from: secret), digestAlgorithm: .sha256, kid: kid)
            return
        }
        guard key.kty == "EC" || key.kty == "OKP" else {
            throw Failure(description: "kty \(key.kty) is not one of oct, EC and OKP")
        }
        let json = try JSONEncoder().encode(key)
        try await collection.add(jwk: JSONDecoder().decode(JWK.self, from: json))
    }

    /// A new set with one HS256 key, as JSON; the id says when it was made.
    public static func newSet(secret: [UInt8], id: String) -> [UInt8] {
        let key =
            "{\"kty\":\"oct\",\"kid\":\"\(id)\",\"alg\":\"HS256\",\"k\":\"\(Data(secret).base64URL)\"}"
        return Array("{\"keys\":[\(key)]}\n".utf8)
    }

    /// A signed token.
    public func sign(_ claims: TokenClaims) async throws(Failure) -> String {
        do {
            return try await collection.sign(claims, kid: signer)
        } catch {
            throw Failure(description: "the token cannot be signed: \(error)")
        }
    }
}

extension Data {
    fileprivate init?(base64URL text: String) {
        var base64 = text.replacing("-", with: "+").replacing("_", with: "/")
        base64 += String(repeating: "=", count: (4 - base64.utf8.count % 4) % 4)
        self.init(base64Encoded: base64)
    }

    fileprivate var base64URL: String {
        base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
            .replacing("=", with: "")
    }
}
