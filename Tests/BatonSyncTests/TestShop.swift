import BatonCore
import BatonWire
import Synchronization
import Testing

@testable import BatonSync

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A server and the clients of one test, with clocks that stand still and ids that repeat.
final class TestShop: Sendable {
    let server = ScriptedServer()
    let now = Mutex<Int64>(1_760_000_000_000)
    private let bits = Mutex<UInt64>(1)

    var options: SyncOptions {
        var options = SyncOptions()
        options.transport = server
        options.wallClock = { [self] in now.withLock { $0 } }
        options.random = { [self] in
            bits.withLock { bits in
                // SplitMix64: any source will do, as long as it repeats.
                bits &+= 0x9E37_79B9_7F4A_7C15
                var z = bits
                z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
                z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
                return z ^ (z >> 31)
            }
        }
        return options
    }

    func client(
        _ store: StoreLocation = .memory, token: TokenSource = "token",
        _ change: (inout SyncOptions) -> Void = { _ in }
    ) async throws -> SyncClient {
        var options = options
        change(&options)
        return try await SyncClient.open(
            store: store, server: nil, channel: "app", token: token, options: options)
    }
}

extension SyncClient {
    func cart() throws -> Cart { try stream("cust-1").cart() }

    /// The hash of what the app sees.
    func viewHash() throws -> String { StateHash(of: try stream("cust-1").state).description }
}

/// A directory that goes with the test.
struct TemporaryDirectory: ~Copyable {
    let path: String

    /// With `inMemory` on a file system in memory, where there is one: for tests that write so often that
    /// they would have all others wait for the disk.
    init(inMemory: Bool = false) throws {
        var folder = FileManager.default.temporaryDirectory.path
        if inMemory, FileManager.default.isWritableFile(atPath: "/dev/shm") { folder = "/dev/shm" }
        path = folder + "/baton-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    var store: StoreLocation { .file(path + "/store.sqlite") }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
