import BatonLog
import BatonServer
import Foundation

/// `baton serve --check-config`: what a server with these settings would find, without one being run and
/// without anything being written.
struct ConfigurationCheck {
    private let settings: ServeSettings

    init(_ settings: ServeSettings) { self.settings = settings }

    /// Prints settings and problems; false where there is a problem.
    func tell() async throws -> Bool {
        Output.tell(
            Output.table(
                ["setting", "value", "said by"],
                settings.rows.map { [$0.key, $0.value, $0.origin ?? "-"] }))
        let most = settings.limits.mostMemory(logFiles: SQLiteLog.Options().files)
        Output.tell("what clients can have held at once: about \(most >> 20) MiB of memory")
        let problems = settings.refusals + (await found())
        for problem in problems { Output.complain("problem: \(problem)") }
        Output.tell(
            problems.isEmpty ? "a server can run like this" : "\(problems.count) problems")
        return problems.isEmpty
    }

    /// What is wrong with what the settings name.
    private func found() async -> [String] {
        var problems: [String] = []
        func check(_ body: () async throws -> Void) async {
            do { try await body() } catch { problems.append("\(error)") }
        }
        if let keys = settings.keys {
            await check {
                do {
                    _ = try await TokenKeys(jwks: KeyFile.read(keys))
                } catch let failure as TokenKeys.Failure {
                    throw CommandFailure("the key file \(keys) is \(failure)")
                }
            }
        }
        problems += settings.secretFiles.compactMap(KeyFile.complaint)
        await check { _ = try settings.serviceOptions }
        await check { _ = try SchemaFiles.inForce(in: settings.data, with: settings.schemas) }
        await check { _ = try RevocationFile.read(in: settings.data) }
        await check { try LogFolder.check(settings.data) }
        if let archive = settings.archive {
            await check {
                guard access(archive, R_OK | X_OK) == 0 || errno == ENOENT else {
                    throw CommandFailure("the archive \(archive) cannot be read")
                }
            }
        }
        return problems
    }
}
