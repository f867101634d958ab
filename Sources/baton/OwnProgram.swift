import Foundation

/// Where this program lies, to run it again as another process.
enum OwnProgram {
    static func path() throws -> String {
        guard let path = Bundle.main.executablePath else {
            throw CommandFailure("this program's own path cannot be told")
        }
        return path
    }

    /// Starts to compact every stream of a log to its head.
    static func compact(_ data: String) throws -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: try path())
        process.arguments = ["compact", "--keep-last", "0", "--data", data]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        return process
    }
}
