#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Copies of stores, as a restored backup makes them.
enum Copies {
    static func copyFile(from: String, to: String) throws {
        try FileManager.default.copyItem(atPath: from, toPath: to)
    }

    static func copyStore(from: String, to: String) throws {
        for name in try FileManager.default.contentsOfDirectory(atPath: from) {
            try FileManager.default.copyItem(
                atPath: "\(from)/\(name)", toPath: "\(to)/\(name)")
        }
    }
}
