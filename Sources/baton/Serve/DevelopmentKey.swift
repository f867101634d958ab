import BatonCore
import BatonServer
import Foundation

/// The key of `--dev`: made once in the data folder, so that tokens outlive a restart.
enum DevelopmentKey {
    /// The tenant that development tokens are for.
    static let tenantName = "dev"

    /// The path of the key file in a data folder; makes the file where it is missing.
    static func path(in folder: String) throws -> String {
        let path = folder + "/dev-keys.json"
        guard !FileManager.default.fileExists(atPath: path) else { return path }
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        try KeyFile.make(at: path)
        return path
    }

    /// Claims to everything that the development tenant has, for 30 days from now.
    static func claims() throws -> TokenClaims {
        try TokenClaims(
            tenant: TenantID(tenantName), role: .service, streams: ["*"], subject: "developer",
            expires: WallClock.now() / 1000 + 30 * 86_400)
    }
}

/// Key files: JWK sets that only their owner may read.
enum KeyFile {
    /// Makes a file with one new HS256 key; fails where a file is already there.
    static func make(at path: String) throws {
        var generator = SystemRandomNumberGenerator()
        let secret = (0..<32).map { _ in UInt8.random(in: 0...255, using: &generator) }
        let id = "key-\(InstantFormat.text(milliseconds: WallClock.now()).prefix(19))"
        let file = open(path, O_CREAT | O_EXCL | O_WRONLY, 0o600)
        guard file >= 0 else {
            throw CommandFailure(
                errno == EEXIST
                    ? "\(path) exists: a new key is never written over an old one"
                    : "\(path) cannot be made: \(String(cString: strerror(errno)))")
        }
        let handle = FileHandle(fileDescriptor: file, closeOnDealloc: true)
        try handle.write(contentsOf: Data(TokenKeys.newSet(secret: secret, id: id)))
        try handle.close()
    }
}
