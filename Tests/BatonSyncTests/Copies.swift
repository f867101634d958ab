#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Copies of stores, as a restored backup makes them.
enum Copies {
    static func copyStore(from: String, to: String) throws {
        for name in try FileManager.default.contentsOfDirectory(atPath: from) {
            try FileManager.default.copyItem(
                atPath: "\(from)/\(name)", toPath: "\(to)/\(name)")
        }
    }
}
