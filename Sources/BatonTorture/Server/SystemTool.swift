import Foundation

/// Programs of the system, run to their end.
enum SystemTool {
    /// Runs a program found on the path; what it said where it failed.
    static func run(_ command: [String]) throws(TortureFailure) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = command
        process.standardInput = FileHandle.nullDevice
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        let said: Data
        do {
            try process.run()
            said = try output.fileHandleForReading.readToEnd() ?? Data()
        } catch {
            throw TortureFailure(
                .notAllowed, "\(command[0]) cannot be run: install it", cause: "\(error)")
        }
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw TortureFailure(
                .notAllowed,
                "\(command.joined(separator: " ")) failed: this mode needs mounts of its own, as root "
                    + "or in a user namespace",
                cause: String(decoding: said, as: UTF8.self))
        }
    }
}

/// Mounts that nobody else sees and that end with this process: a mount namespace of its own.
public enum OwnMounts {
    private static let mark = "BATON_TORTURE_OWN_MOUNTS"

    /// Whether this process has them.
    public static var areHere: Bool { ProcessInfo.processInfo.environment[mark] != nil }

    /// Runs `program` again with the same arguments in a mount namespace of its own (unshare(1)),
    /// with this process's input and output, and returns its exit status. Waits for its end.
    ///
    /// - Throws: ``TortureFailure/Code/notAllowed`` where the system does not allow it.
    public static func run(_ program: String, _ arguments: [String]) throws(TortureFailure) -> Int32
    {
        let options =
            geteuid() == 0
            ? ["--mount", "--propagation", "private"]
            : ["--user", "--map-root-user", "--mount", "--propagation", "private"]
        try SystemTool.run(["unshare"] + options + ["true"])
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["unshare"] + options + [program] + arguments
        process.environment = ProcessInfo.processInfo.environment.merging([mark: "1"]) { $1 }
        do {
            try process.run()
        } catch {
            throw TortureFailure(.program, "unshare cannot be run", cause: "\(error)")
        }
        process.waitUntilExit()
        return process.terminationStatus
    }
}
