import BatonCore
import BatonServer
import Foundation
import Logging
import ServiceLifecycle
import UnixSignals

/// Keeps a running server's keys, certificate and revocations as their files are: the first two at SIGHUP,
/// the revocations within a second. A file that cannot be used changes nothing, and is told of in the log.
struct TrustWatch: Service {
    let server: BatonService
    /// The key file.
    let keys: String
    /// What it shows under TLS.
    let certificate: ServerCertificate?
    /// The folder of the log, where the revocations lie.
    let data: String
    let logger: Logger

    private static let pause = Duration.seconds(1)

    func run() async throws {
        try await cancelWhenGracefulShutdown {
            try await withThrowingDiscardingTaskGroup { tasks in
                tasks.addTask { await readAgainAtSignals() }
                tasks.addTask { await watchRevocations() }
            }
        }
    }

    private func readAgainAtSignals() async {
        for await _ in await UnixSignalsSequence(trapping: .sighup) {
            do {
                let keys = try await TokenKeys(jwks: KeyFile.read(self.keys))
                server.put(keys)
                server.note(.keys, isUsable: true)
                logger.notice("keys read again", metadata: ["keys": "\(keys.all.map(\.id))"])
            } catch {
                server.note(.keys, isUsable: false)
                logger.error(
                    "the key file cannot be used; the keys of before stay in force",
                    metadata: ["error": "\(error)"])
            }
            guard let certificate else { continue }
            do {
                try certificate.readAgain()
                server.note(.certificate, isUsable: true)
                logger.notice(
                    "certificate read again",
                    metadata: [
                        "expires": "\(InstantFormat.text(milliseconds: certificate.expires * 1000))"
                    ])
            } catch {
                server.note(.certificate, isUsable: false)
                logger.error(
                    "the certificate cannot be used; the one of before stays",
                    metadata: ["error": "\(error)"])
            }
        }
    }

    private func watchRevocations() async {
        var seen = RevocationFile.version(in: data)
        while (try? await Task.sleep(for: Self.pause)) != nil {
            let version = RevocationFile.version(in: data)
            guard version != seen else { continue }
            seen = version
            do {
                let list = try RevocationFile.read(in: data)
                server.put(list)
                server.note(.revocations, isUsable: true)
                logger.notice(
                    "revocations read again", metadata: ["revoked": "\(list.entries.count)"])
            } catch {
                server.note(.revocations, isUsable: false)
                logger.error(
                    "the revocations cannot be read; those of before stay in force",
                    metadata: ["error": "\(error)"])
            }
        }
    }
}
