import Crypto
import Foundation
import SwiftASN1
import X509

/// Certificates for `localhost` that an authority of the test's own has signed, as PEM files.
struct TestCertificate {
    private let authorityKey = P256.Signing.PrivateKey()
    private let authority: Certificate
    private let name: DistinguishedName

    init() throws {
        name = try DistinguishedName { CommonName("Test authority") }
        let key = Certificate.PrivateKey(authorityKey)
        authority = try Certificate(
            version: .v3, serialNumber: .init(), publicKey: key.publicKey,
            notValidBefore: .now - 3_600, notValidAfter: .now + 86_400, issuer: name, subject: name,
            signatureAlgorithm: .ecdsaWithSHA256,
            extensions: Certificate.Extensions {
                Critical(BasicConstraints.isCertificateAuthority(maxPathLength: nil))
                Critical(KeyUsage(keyCertSign: true))
            },
            issuerPrivateKey: key)
    }

    /// The authority's own certificate, for clients to trust.
    func writeAuthority(to path: String) throws {
        try write(authority.serializeAsPEM().pemString, to: path)
    }

    /// A new certificate and its key; returns its serial number in hexadecimal.
    @discardableResult
    func write(chain: String, key path: String) throws -> String {
        let key = P256.Signing.PrivateKey()
        let serial = Certificate.SerialNumber()
        let certificate = try Certificate(
            version: .v3, serialNumber: serial,
            publicKey: Certificate.PrivateKey(key).publicKey, notValidBefore: .now - 3_600,
            notValidAfter: .now + 86_400, issuer: name,
            subject: DistinguishedName { CommonName("localhost") },
            signatureAlgorithm: .ecdsaWithSHA256,
            extensions: Certificate.Extensions {
                Critical(BasicConstraints.notCertificateAuthority)
                try ExtendedKeyUsage([.serverAuth])
                SubjectAlternativeNames([
                    .dnsName("localhost"),
                    .ipAddress(ASN1OctetString(contentBytes: [127, 0, 0, 1])),
                ])
            },
            issuerPrivateKey: Certificate.PrivateKey(authorityKey))
        try write(certificate.serializeAsPEM().pemString, to: chain)
        try write(key.pemRepresentation, to: path)
        return serial.bytes.map { String($0, radix: 16) }.joined()
    }

    private func write(_ text: String, to path: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
    }
}
