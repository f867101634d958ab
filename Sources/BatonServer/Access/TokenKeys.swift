import Crypto
import JWTKit

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The keys that sign and verify tokens, from a JWK set (RFC 7517): `oct` for HS256, `EC` P-256 for
/// ES256, `OKP` Ed25519 for EdDSA. Several may stand in one set, for rotation: the first signs, all
/// verify.
public struct TokenKeys: Sendable {
    /// Keys that cannot be used: why, and what to do.
    public struct Failure: Error, Sendable, CustomStringConvertible {
        /// What went wrong and how to mend it.
        public let description: String
    }

    /// One key, with which one algorithm is used and no other.
    package struct Key: Sendable {
        /// Its name in tokens.
        package let id: String
        /// How it signs.
        package let algorithm: SigningAlgorithm
        /// Whether it signs, too: a public key verifies only.
        package let canSign: Bool
        /// Tells it from any other key, whatever their ids.
        let fingerprint: String
        fileprivate let signer: any JWTAlgorithm
        fileprivate let collection: JWTKeyCollection

        /// Whether it made the signature.
        func signed(_ token: TokenText) -> Bool {
            (try? signer.verify(token.signature, signs: token.signed)) ?? false
        }
    }

    /// The keys, in the order of the set.
    package let all: [Key]

    /// Keys of one set: rotation needs two, and a merger some more.
    private static let most = 100

    /// Reads a JWK set. Each key needs a `kid`, which no other has.
    public init(jwks: [UInt8]) async throws(Failure) {
        let set = try KeySet(jwks)
        guard !set.keys.isEmpty else {
            throw Failure(description: "the key set is empty; baton token --new-key FILE makes one")
        }
        guard set.keys.count <= Self.most else {
            throw Failure(
                description: "\(set.keys.count) keys are more than \(Self.most): drop old ones")
        }
        var all: [Key] = []
        for key in set.keys {
            guard let id = key.kid, !id.isEmpty else {
                throw Failure(description: "every key of the set needs a kid")
            }
            guard !all.contains(where: { $0.id == id }) else {
                throw Failure(description: "two keys of the set have the kid \(id)")
            }
            do {
                all.append(try await Self.key(key, id))
            } catch let failure as Failure {
                throw Failure(description: "key \(id): \(failure.description)")
            } catch {
                // Not the error itself, which might show parts of the key.
                throw Failure(description: "key \(id) cannot be used: its members do not fit")
            }
        }
        self.all = all
    }

    private static func key(_ key: KeySet.Key, _ id: String) async throws -> Key {
        let algorithm = try key.algorithm()
        let collection = JWTKeyCollection()
        let kid = JWKIdentifier(string: id)
        switch algorithm {
        case .hs256:
            guard let secret = key.k.flatMap({ Base64URL.bytes($0.utf8) }), secret.count >= 32
            else {
                throw Failure(description: "an oct key needs k: at least 32 bytes in base64url")
            }
            await collection.add(
                hmac: HMACKey(from: Data(secret)), digestAlgorithm: .sha256, kid: kid)
        case .es256, .edDSA:
            var jwk = key
            jwk.alg = algorithm.rawValue
            let json = try JSONEncoder().encode(jwk)
            try await collection.add(jwk: JSONDecoder().decode(JWK.self, from: json))
        }
        let secret = algorithm == .hs256 ? key.k : key.x.map { $0 + "," + (key.y ?? "") }
        return Key(
            id: id, algorithm: algorithm, canSign: algorithm == .hs256 || key.d != nil,
            fingerprint: Base64URL.text(
                SHA256.hash(data: Array("\(algorithm.rawValue),\(secret ?? "")".utf8))),
            signer: try await collection.getKey(for: kid, alg: algorithm.rawValue),
            collection: collection)
    }

    /// The key that a token must have been signed with.
    func key(for token: TokenText) throws(TokenRefusal) -> Key {
        let found: Key?
        if let id = token.keyID {
            found = all.first { $0.id == id }
        } else {
            // One that names no key is taken where there is nothing to choose.
            found = all.count == 1 ? all[0] : nil
        }
        guard let found else {
            throw TokenRefusal(
                .unknownKey, token.keyID.map { "\($0.prefix(100).debugDescription)" } ?? "none")
        }
        guard found.algorithm == token.algorithm else {
            throw TokenRefusal(
                .keyMismatch,
                "\(token.algorithm.rawValue) with key \(found.id), which is for "
                    + found.algorithm.rawValue)
        }
        return found
    }

    /// Whether a key is still among them.
    func holds(_ fingerprint: String) -> Bool { all.contains { $0.fingerprint == fingerprint } }

    /// Whether the keys of who handed a token on, and of who took it, are still among them; true where nobody
    /// did.
    func holdsOthers(of token: TokenFacts) -> Bool {
        token.others.allSatisfy { other in
            other.key.map { letters in all.contains { $0.fingerprint.hasPrefix(letters) } } ?? true
        }
    }

    /// A set with one HS256 key of a secret that is there already, as JSON.
    public static func newSet(secret: [UInt8], id: String) -> [UInt8] {
        let key =
            "{\"kty\":\"oct\",\"kid\":\"\(id)\",\"alg\":\"HS256\",\"k\":\"\(Base64URL.text(secret))\"}"
        return Array("{\"keys\":[\(key)]}\n".utf8)
    }

    /// A signed token.
    public func sign(_ claims: TokenClaims) async throws(Failure) -> String {
        guard let first = all.first, first.canSign else {
            throw Failure(
                description: "the first key of the set verifies only: put one that signs before it")
        }
        do {
            return try await first.collection.sign(claims, kid: JWKIdentifier(string: first.id))
        } catch {
            throw Failure(description: "the token cannot be signed: \(error)")
        }
    }
}
