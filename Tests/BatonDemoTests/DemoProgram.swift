import Foundation

/// The program `baton` of this build, which lies beside the tests.
enum DemoProgram {
    struct Ended: Equatable {
        let status: Int32
        let output: String
        let errors: String
    }

    /// Runs `baton demo` with these arguments, without a terminal, to its end.
    static func run(_ arguments: String...) throws -> Ended {
        let process = Process()
        let (output, errors) = (Pipe(), Pipe())
        process.executableURL = URL(fileURLWithPath: CommandLine.arguments[0])
            .deletingLastPathComponent().appending(path: "baton")
        process.arguments = ["demo"] + arguments
        process.standardOutput = output
        process.standardError = errors
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let text = output.fileHandleForReading.readDataToEndOfFile()
        let complaints = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return Ended(
            status: process.terminationStatus, output: String(decoding: text, as: UTF8.self),
            errors: String(decoding: complaints, as: UTF8.self))
    }

    /// Runs a script of these lines.
    static func run(script: String) throws -> Ended {
        let file = FileManager.default.temporaryDirectory
            .appending(path: "demo-\(UUID().uuidString)")
        try script.write(to: file, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(at: file) }
        return try run("--script", file.path)
    }
}
