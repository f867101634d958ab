import Foundation

/// The programs of this build, run as processes of their own.
enum Program {
    /// Where the build put its programs: beside the tests.
    static func path(_ name: String) throws -> String {
        let folder = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        let path = folder.appendingPathComponent(name).path
        guard FileManager.default.isExecutableFile(atPath: path) else {
            throw TestFailure("\(path) is not there")
        }
        return path
    }

    /// Runs a program to its end and returns what it printed. `environment` stands besides that of the
    /// tests; `input` is what it reads, at most what a pipe holds.
    static func output(
        _ path: String, _ arguments: [String], environment: [String: String] = [:],
        input: String? = nil
    ) throws -> (text: String, status: Int32) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        process.standardInput = FileHandle.nullDevice
        if let input {
            let typed = Pipe()
            try typed.fileHandleForWriting.write(contentsOf: Data(input.utf8))
            try typed.fileHandleForWriting.close()
            process.standardInput = typed
        }
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (String(decoding: data, as: UTF8.self), process.terminationStatus)
    }
}

/// `baton serve` as a process, on a port and a folder of its own: with `--dev`, unless the arguments name
/// keys.
final class ServerProcess {
    let address: String
    let token: String
    private let process: Process

    /// Starts it and waits until it says where it listens. With keys of its own it prints no token. What it
    /// logs goes into the file `log`, where one is named.
    init(
        data: String, port: Int = 0, arguments: [String] = [], environment: [String: String] = [:],
        log: String? = nil
    ) throws {
        process = Process()
        if let log {
            try Data().write(to: URL(fileURLWithPath: log))
            process.standardError = FileHandle(forWritingAtPath: log)
        }
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.executableURL = URL(fileURLWithPath: try Program.path("baton"))
        let hasKeys = arguments.contains("--keys")
        process.arguments =
            ["serve"] + (hasKeys ? [] : ["--dev"])
            + ["--data", data, "--listen", "127.0.0.1:\(port)"] + arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        var text = ""
        let wanted = hasKeys ? 2 : 4
        while text.split(separator: "\n", omittingEmptySubsequences: false).count < wanted {
            let data = pipe.fileHandleForReading.availableData
            guard !data.isEmpty else { throw TestFailure("the server ended: \(text)") }
            text += String(decoding: data, as: UTF8.self)
        }
        let lines = text.split(separator: "\n").map(String.init)
        guard let word = lines[0].split(separator: " ").first(where: { $0.hasPrefix("http") })
        else { throw TestFailure("no address in \(lines[0])") }
        address = String(word.dropLast())
        token = hasKeys ? "" : lines[2]
    }

    var port: Int { Int(address.split(separator: ":").last ?? "") ?? 0 }

    /// Its process id.
    var id: Int32 { process.processIdentifier }

    /// Asks it to end cleanly, and does not wait.
    func terminate() { process.terminate() }

    /// Waits until it has ended, and returns its exit status.
    func waitForEnd() -> Int32 {
        process.waitUntilExit()
        return process.terminationStatus
    }

    /// Has it read its keys and its certificate again.
    func hangUp() { Foundation.kill(process.processIdentifier, SIGHUP) }

    /// Ends it at once: what is not on disk is gone.
    func kill() {
        Foundation.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// Ends it cleanly and returns its exit status.
    @discardableResult
    func stop() -> Int32 {
        process.terminate()
        process.waitUntilExit()
        return process.terminationStatus
    }

    deinit { if process.isRunning { kill() } }
}

/// What curl prints for a call of the server, as a kiosk would make it.
func curl(_ server: ServerProcess, _ path: String, json: String? = nil) throws -> String {
    var arguments = [
        "-sS", "--max-time", "20", "-H", "Authorization: Bearer \(server.token)",
    ]
    if let json { arguments += ["--json", json] }
    let (text, status) = try Program.output(
        "/usr/bin/curl", arguments + [server.address + path])
    guard status == 0 else { throw TestFailure("curl \(path): \(text)") }
    return text
}

/// A `SyncDevice` process.
final class DeviceProcess {
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()

    /// With `dyingAt` it kills itself at that change of its files; its clock is so many milliseconds
    /// ahead.
    init(
        store: String, server: ServerProcess, channel: String, stream: String,
        dyingAt change: Int? = nil, clockAhead: Int = 0
    ) throws {
        // What is told to one that has died is an error, not our end.
        signal(SIGPIPE, SIG_IGN)
        var environment = ProcessInfo.processInfo.environment
        environment["BATON_DIE_AT_CHANGE"] = change.map { "\($0)" }
        environment["BATON_CLOCK_AHEAD"] = "\(clockAhead)"
        process.environment = environment
        process.executableURL = URL(fileURLWithPath: try Program.path("SyncDevice"))
        process.arguments = [store, server.address, server.token, channel, stream]
        process.standardInput = input
        process.standardOutput = output
        try process.run()
    }

    /// Has a command obeyed and returns the answer; fails where that is an error.
    @discardableResult
    func tell(_ command: String) throws -> String {
        try input.fileHandleForWriting.write(contentsOf: Data((command + "\n").utf8))
        var data = Data()
        while data.last != UInt8(ascii: "\n") {
            let piece = output.fileHandleForReading.availableData
            guard !piece.isEmpty else { throw TestFailure("the device ended at \(command)") }
            data += piece
        }
        let line = String(decoding: data.dropLast(), as: UTF8.self)
        guard !line.hasPrefix("error") else { throw TestFailure("\(command): \(line)") }
        return line
    }

    /// Has it end by itself, if it has not, and returns its exit status.
    @discardableResult
    func quit() -> Int32 {
        try? input.fileHandleForWriting.write(contentsOf: Data("quit\n".utf8))
        process.waitUntilExit()
        return process.terminationStatus
    }

    /// Ends it at once.
    func kill() {
        Foundation.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    deinit { if process.isRunning { kill() } }
}

/// A folder that is gone after the test. With `inMemory` on a file system in memory, where there is one:
/// for tests that write so often that they would have all others wait for the disk.
func withTemporaryFolder(
    inMemory: Bool = false, _ body: (String) async throws -> Void
) async throws {
    let isThere = inMemory && FileManager.default.isWritableFile(atPath: "/dev/shm")
    let place = isThere ? "/dev/shm" : FileManager.default.temporaryDirectory.path
    let folder = place + "/baton-test-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try await body(folder)
}
