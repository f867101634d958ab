import BatonCore
import Foundation

/// The files of a log, and which of them a stream lies in.
struct FileSet: Hashable, Sendable {
    /// Where they lie.
    let directory: String
    /// How many there are: fixed when the log is made.
    let count: Int

    /// The path of the file at `index`.
    func path(_ index: Int) -> String { Self.path(index, in: directory) }

    /// The path of the file at `index` of a log in `directory`.
    static func path(_ index: Int, in directory: String) -> String {
        directory + (index == 0 ? "/baton.db" : "/baton-\(index).db")
    }

    /// All paths.
    var paths: [String] { (0..<count).map(path) }

    /// The file of a stream: FNV-1a (64 bits, Fowler, Noll, Vo) over tenant, `/` and name, its upper
    /// half folded into its lower, modulo the number of files. Part of the layout: it never changes.
    func index(of key: StreamKey) -> Int {
        guard count > 1 else { return 0 }
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in "\(key.tenant)/\(key.stream)".utf8 {
            hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3
        }
        return Int((hash ^ hash >> 32) % UInt64(count))
    }
}
