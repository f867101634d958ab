import BatonWire
import SwiftProtobuf

/// A JWT in the compact form (RFC 7515), taken apart and not yet believed.
package struct TokenText {
    /// What its header says.
    let algorithm: SigningAlgorithm
    /// The key that it says it is signed with.
    let keyID: String?
    /// The bytes that are signed.
    let signed: ArraySlice<UInt8>
    let signature: [UInt8]
    /// The claims, as JSON.
    package let payload: [UInt8]

    /// Bytes of the longest token that is looked at: a header line of most proxies.
    static let longest = 8 * 1024

    /// Header members that would have us take a key from the token itself, or that ask for what we do not
    /// do.
    private static let unwelcome = ["crit", "b64", "jku", "jwk", "x5u", "x5c", "zip", "enc"]

    package init(_ token: some StringProtocol) throws(TokenRefusal) {
        let bytes = Array(token.utf8)
        guard bytes.count <= Self.longest else {
            throw TokenRefusal(.tooLong, "\(bytes.count) bytes, at most \(Self.longest)")
        }
        let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3 else {
            throw TokenRefusal(.malformed, "\(parts.count) parts, not three")
        }
        guard let header = Base64URL.bytes(parts[0]), let payload = Base64URL.bytes(parts[1]),
            let signature = Base64URL.bytes(parts[2])
        else { throw TokenRefusal(.malformed, "a part is not base64url without padding") }
        let members = try Self.object(header, .header)
        if let name = Self.unwelcome.first(where: { members[$0] != nil }) {
            throw TokenRefusal(.header, "the header has \(name)")
        }
        if let type = members["typ"] {
            // Access tokens of OAuth 2.0 have a type of their own (RFC 9068).
            guard let name = type.text?.lowercased(), ["jwt", "at+jwt"].contains(name) else {
                throw TokenRefusal(.header, "typ is neither JWT nor at+jwt")
            }
        }
        guard let name = members["alg"]?.text else {
            throw TokenRefusal(.header, "the header names no algorithm")
        }
        guard let algorithm = SigningAlgorithm(rawValue: name) else {
            throw TokenRefusal(.algorithm, "\(name.prefix(20).debugDescription) is not taken")
        }
        if let keyID = members["kid"] {
            guard let text = keyID.text else {
                throw TokenRefusal(.header, "kid is not a text")
            }
            self.keyID = text
        } else {
            keyID = nil
        }
        self.algorithm = algorithm
        self.payload = payload
        self.signature = signature
        signed = bytes[..<parts[2].startIndex].dropLast()
    }

    /// The members of a JSON object.
    static func object(
        _ json: [UInt8], _ code: TokenRefusal.Code
    ) throws(TokenRefusal) -> [String: Google_Protobuf_Value] {
        guard let object = try? Protobuf.decodeJSON(Google_Protobuf_Struct.self, from: json) else {
            throw TokenRefusal(code, "not a JSON object")
        }
        return object.fields
    }
}

extension Google_Protobuf_Value {
    /// The text, if that is what it is.
    var text: String? {
        guard case .stringValue(let text)? = kind else { return nil }
        return text
    }
}
