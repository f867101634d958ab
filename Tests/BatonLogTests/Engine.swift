import BatonCore
import BatonLog
import Foundation
import Testing

/// The engines that the contract is run on.
enum Engine: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case memory
    case sqlite

    var testDescription: String { rawValue }

    /// Runs `body` on a fresh log, closes it and removes what it left on the disk.
    func run(_ body: (any LogEngine) async throws -> Void) async throws {
        switch self {
        case .memory:
            let log = MemoryLog()
            try await body(log)
            await log.close()
        case .sqlite:
            try await withDirectory { directory in
                let log = try SQLiteLog.open(directory: directory)
                do {
                    try await body(log)
                } catch {
                    await log.close()
                    throw error
                }
                await log.close()
            }
        }
    }
}

/// Runs `body` with a new directory, and removes it.
func withDirectory(_ body: (String) async throws -> Void) async throws {
    let directory = FileManager.default.temporaryDirectory
        .appending(path: "baton-log-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: directory) }
    try await body(directory)
}
