import Crypto

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A JWK set as it lies in a file: to make keys in, to rotate, and to drop.
package struct KeySet: Codable, Sendable {
    /// One key. Members that are not known are kept.
    package struct Key: Codable, Sendable {
        package var kty: String
        package var kid: String?
        package var use: String?
        package var alg: String?
        package var crv: String?
        package var k: String?
        package var x: String?
        package var y: String?
        package var d: String?

        /// The one algorithm that the key is for.
        func algorithm() throws(TokenKeys.Failure) -> SigningAlgorithm {
            let algorithm: SigningAlgorithm
            switch (kty, crv) {
            case ("oct", nil): algorithm = .hs256
            case ("EC", "P-256"?): algorithm = .es256
            case ("OKP", "Ed25519"?): algorithm = .edDSA
            default:
                throw TokenKeys.Failure(
                    description: "kty \(kty)\(crv.map { " with crv \($0)" } ?? "") is not one of "
                        + "oct, EC with P-256 and OKP with Ed25519")
            }
            guard alg == nil || alg == algorithm.rawValue else {
                throw TokenKeys.Failure(
                    description: "alg \(alg ?? "") does not go with it: \(algorithm.rawValue)")
            }
            guard use == nil || use == "sig" else {
                throw TokenKeys.Failure(
                    description: "use \(use ?? "") is not for signatures")
            }
            return algorithm
        }
    }

    /// The keys; the first signs.
    package var keys: [Key]

    /// Reads a set.
    package init(_ json: [UInt8]) throws(TokenKeys.Failure) {
        do {
            self = try JSONDecoder().decode(KeySet.self, from: Data(json))
        } catch {
            throw TokenKeys.Failure(description: "not a JWK set (RFC 7517): {\"keys\": […]}")
        }
    }

    /// A set with one new key.
    package init(new algorithm: SigningAlgorithm, id: String) {
        keys = [Key(new: algorithm, id: id)]
    }

    /// The set as JSON, a key a line.
    package var json: [UInt8] {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            let lines = try keys.map { String(decoding: try encoder.encode($0), as: UTF8.self) }
            return Array("{\"keys\":[\n\(lines.joined(separator: ",\n"))\n]}\n".utf8)
        }
    }

    /// Puts a new key in front, which signs from now on; those before verify what they signed. `most` of
    /// them stay, the new one among them.
    package mutating func rotate(to algorithm: SigningAlgorithm, id: String, most: Int) {
        keys.insert(Key(new: algorithm, id: id), at: 0)
        keys.removeLast(max(0, keys.count - most))
    }

    /// The public halves, for who only verifies. HS256 has none.
    package var publicHalves: KeySet {
        var set = self
        set.keys = keys.filter { $0.kty != "oct" }
        for index in set.keys.indices { set.keys[index].d = nil }
        return set
    }
}

extension KeySet.Key {
    fileprivate init(new algorithm: SigningAlgorithm, id: String) {
        kid = id
        use = "sig"
        alg = algorithm.rawValue
        switch algorithm {
        case .hs256:
            kty = "oct"
            k = SymmetricKey(size: .bits256).withUnsafeBytes { Base64URL.text($0) }
        case .es256:
            kty = "EC"
            crv = "P-256"
            let key = P256.Signing.PrivateKey()
            let point = key.publicKey.rawRepresentation
            x = Base64URL.text(point.prefix(32))
            y = Base64URL.text(point.suffix(32))
            d = Base64URL.text(key.rawRepresentation)
        case .edDSA:
            kty = "OKP"
            crv = "Ed25519"
            let key = Curve25519.Signing.PrivateKey()
            x = Base64URL.text(key.publicKey.rawRepresentation)
            d = Base64URL.text(key.rawRepresentation)
        }
    }
}
