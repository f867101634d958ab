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
    /// The version of the revocations that are in force.
    let revocations: String?
    /// The SIGHUPs, those among them that came while the server started.
    let reloads: UnixSignalsSequence
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
        for await _ in reloads {
            await readAgain(.keys, otherwise: "the keys of before stay in force") {
                let keys = try await TokenKeys(jwks: KeyFile.read(self.keys))
                server.put(keys)
                return ["keys": keys.all.map(\.id).joined(separator: " ")]
            }
            guard let certificate else { continue }
            await readAgain(.certificate, otherwise: "the one of before stays") {
                try certificate.readAgain()
                return ["expires": InstantFormat.text(milliseconds: certificate.expires * 1000)]
            }
        }
    }

    /// Reads something again, and tells of it in the log and in the audit record.
    private func readAgain(
        _ file: WatchedFile, otherwise: String, _ read: () async throws -> [String: String]
    ) async {
        let name = file.rawValue
        do {
            let facts = try await read()
            server.note(file, isUsable: true)
            logger.notice(
                "\(name) read again", metadata: facts.mapValues { .string($0) })
            Audit.add("reload.\(name)", in: data, facts, outcome: "done", orTell: logger)
        } catch {
            server.note(file, isUsable: false)
            logger.error(
                "the \(name) cannot be used; \(otherwise)", metadata: ["error": "\(error)"])
            Audit.add(
                "reload.\(name)", in: data, [:], outcome: "failed: \(error)", orTell: logger)
        }
    }

    private func watchRevocations() async {
        var seen = revocations
        while (try? await Task.sleep(for: Self.pause)) != nil {
            let version = RevocationFile.version(in: data)
            guard version != seen else { continue }
            seen = version
            await readAgain(.revocations, otherwise: "those of before stay in force") {
                let list = try RevocationFile.read(in: data)
                server.put(list)
                return ["revoked": "\(list.entries.count)"]
            }
        }
    }
}
