import Foundation

/// A program that runs beside this one, its output going to files. For one task at a time.
final class ChildProcess {
    private let process = Process()
    private let output: String

    /// Starts `program`; what it prints goes to `output`.out and, appended, to `output`.err.
    init(_ program: String, _ arguments: [String], output: String) throws(TortureFailure) {
        self.output = output
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        let files = FileManager.default
        _ = files.createFile(atPath: output + ".out", contents: nil)
        if !files.fileExists(atPath: output + ".err") {
            _ = files.createFile(atPath: output + ".err", contents: nil)
        }
        guard let out = FileHandle(forWritingAtPath: output + ".out"),
            let err = FileHandle(forWritingAtPath: output + ".err")
        else { throw TortureFailure(.folder, "\(output).out cannot be written") }
        do {
            try err.seekToEnd()
            process.standardOutput = out
            process.standardError = err
            try process.run()
            try out.close()
            try err.close()
        } catch {
            throw TortureFailure(.program, "\(program) cannot be run", cause: "\(error)")
        }
    }

    deinit { if isRunning { kill() } }

    /// Its process id.
    var identifier: Int32 { process.processIdentifier }

    /// Whether it has not ended yet.
    var isRunning: Bool { process.isRunning }

    /// What it has printed so far.
    var printed: String {
        FileManager.default.contents(atPath: output + ".out").map {
            String(decoding: $0, as: UTF8.self)
        } ?? ""
    }

    /// The end of what it and those before it complained of.
    var complaints: String {
        let data = FileManager.default.contents(atPath: output + ".err") ?? Data()
        return String(decoding: data.suffix(600), as: UTF8.self)
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Ends it as a power cut of the process would: nothing of it runs any more.
    func kill() { Foundation.kill(identifier, SIGKILL) }

    /// Asks it to end.
    func terminate() { Foundation.kill(identifier, SIGTERM) }

    /// Waits until it has ended, at most so many milliseconds: its exit status, the negative signal
    /// that ended it, or `nil` if it still runs.
    func ended(within milliseconds: Int) async -> Int32? {
        let deadline = ContinuousClock.now + .milliseconds(milliseconds)
        while process.isRunning {
            guard ContinuousClock.now < deadline else { return nil }
            try? await Task.sleep(for: .milliseconds(2))
        }
        return process.terminationReason == .uncaughtSignal
            ? -process.terminationStatus : process.terminationStatus
    }
}
