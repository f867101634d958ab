import NIOCore
import NIOSSL
import Synchronization

/// The certificate that a server shows, and its key, from PEM files. They can be read again while the
/// server runs: handshakes from then on show the new one, connections that are open go on.
public final class ServerCertificate: Sendable {
    /// A certificate that cannot be used: why, and what to do.
    public struct Failure: Error, Sendable, CustomStringConvertible {
        /// What went wrong and how to mend it.
        public let description: String
    }

    private struct Pair: Sendable {
        let chain: [NIOSSLCertificate]
        let key: NIOSSLPrivateKey
    }

    private let chainPath: String
    private let keyPath: String
    private let pair: Mutex<Pair>

    /// Reads a chain, the server's own certificate first, and the key of that.
    public init(chain: String, key: String) throws(Failure) {
        chainPath = chain
        keyPath = key
        pair = Mutex(try Self.read(chain: chain, key: key))
    }

    /// Reads the files again. Where they cannot be used, the certificate of before stays.
    public func readAgain() throws(Failure) {
        let read = try Self.read(chain: chainPath, key: keyPath)
        pair.withLock { $0 = read }
    }

    /// Seconds since 1970 from which on no client takes the certificate.
    public var expires: Int64 {
        pair.withLock { Int64($0.chain.first?.notValidAfter ?? 0) }
    }

    /// TLS 1.2 and 1.3 with this certificate, as it is at each handshake.
    var configuration: TLSConfiguration {
        let now = pair.withLock { $0 }
        var configuration = Self.configuration(now)
        configuration.sslContextCallback = { [self] _, promise in
            let now = pair.withLock { $0 }
            var override = NIOSSLContextConfigurationOverride()
            override.certificateChain = now.chain.map { .certificate($0) }
            override.privateKey = .privateKey(now.key)
            promise.succeed(override)
        }
        return configuration
    }

    private static func configuration(_ pair: Pair) -> TLSConfiguration {
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: pair.chain.map { .certificate($0) }, privateKey: .privateKey(pair.key)
        )
        configuration.minimumTLSVersion = .tlsv12
        return configuration
    }

    private static func read(chain: String, key: String) throws(Failure) -> Pair {
        let certificates: [NIOSSLCertificate]
        do {
            certificates = try NIOSSLCertificate.fromPEMFile(chain)
        } catch {
            throw Failure(
                description: "\(chain) is not a certificate chain in PEM, or cannot be read")
        }
        guard !certificates.isEmpty else {
            throw Failure(description: "\(chain) holds no certificate")
        }
        let secret: NIOSSLPrivateKey
        do {
            secret = try NIOSSLPrivateKey(file: key, format: .pem)
        } catch {
            throw Failure(
                description:
                    "\(key) is not a private key in PEM without a passphrase, or cannot be read")
        }
        let pair = Pair(chain: certificates, key: secret)
        do {
            _ = try NIOSSLContext(configuration: configuration(pair))
        } catch {
            throw Failure(
                description: "\(key) is not the key of the first certificate in \(chain)")
        }
        return pair
    }

    /// When it ends, as Prometheus text.
    var text: String {
        Gauge(
            "certificate_expires_seconds",
            "When the certificate ends, in seconds since 1970.", Int(expires)
        ).text
    }
}
