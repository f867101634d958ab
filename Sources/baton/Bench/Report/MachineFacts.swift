import Foundation

/// The machine that was measured on, as far as it says so itself.
struct MachineFacts: Encodable {
    let processor: String
    let processors: Int
    let memoryBytes: Double
    let system: String
    /// The kind of file system below the folder of the measurement.
    let fileSystem: String
    /// How many threads wanted to run before anything was measured, the mean of a minute: more than
    /// a little makes every figure worse than it is.
    let loadBefore: Double
    /// Seconds since 1970.
    let measuredAt: Int

    init(folder: String) {
        let info = Self.read("/proc/cpuinfo").split(separator: "\n")
        processor =
            info.first { $0.hasPrefix("model name") }?.split(separator: ":").last
            .map { $0.trimmingCharacters(in: .whitespaces) } ?? "unknown"
        processors = ProcessInfo.processInfo.activeProcessorCount
        memoryBytes = Double(ProcessInfo.processInfo.physicalMemory)
        system =
            "Linux "
            + Self.read("/proc/sys/kernel/osrelease").trimmingCharacters(
                in: .whitespacesAndNewlines)
        fileSystem = Self.fileSystem(of: folder)
        loadBefore =
            Self.read("/proc/loadavg").split(separator: " ").first.flatMap { Double($0) } ?? 0
        measuredAt = Int(Date().timeIntervalSince1970)
    }

    /// Whether files there are in memory only, so that their fsync says nothing.
    var isInMemory: Bool { fileSystem == "tmpfs" || fileSystem == "ramfs" }

    private static func read(_ path: String) -> String {
        (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
    }

    /// The type of the mount with the longest path that holds the folder.
    private static func fileSystem(of folder: String) -> String {
        var best = (length: -1, type: "unknown")
        for line in read("/proc/self/mounts").split(separator: "\n") {
            let fields = line.split(separator: " ")
            guard fields.count > 2 else { continue }
            let mount = fields[1] == "/" ? "" : String(fields[1])
            if folder == mount || folder.hasPrefix(mount + "/"), mount.count >= best.length {
                best = (mount.count, String(fields[2]))
            }
        }
        return best.type
    }
}
