import BatonCore
import BatonServer
import Foundation

/// The key of `--dev`: made once in the data folder, so that tokens outlive a restart.
enum DevelopmentKey {
    /// The tenant that development tokens are for.
    static let tenantName = "dev"

    /// The path of the key file in a data folder; makes the file where it is missing.
    static func path(in folder: String) async throws -> String {
        let path = folder + "/dev-keys.json"
        guard !FileManager.default.fileExists(atPath: path) else { return path }
        // The owner alone, as where the log makes it: it is the log's folder.
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
        let algorithm = SigningAlgorithm.hs256
        try await Audit.act("token.new-key", withKeys: path, ["algorithm": algorithm.rawValue]) {
            _ in try KeyFile.make(at: path, algorithm)
        }
        return path
    }

    /// Claims to everything that the development tenant has, for 30 days from now.
    static func claims() throws -> TokenClaims {
        try TokenClaims(
            tenant: TenantID(tenantName), role: .service, streams: ["*"], subject: "developer",
            expires: WallClock.now() / 1000 + 30 * 86_400)
    }
}
