#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Bytes as SQLite's bindings want them.
enum Bytes {
    static func data(_ bytes: [UInt8]) -> Data { Data(bytes) }
}
