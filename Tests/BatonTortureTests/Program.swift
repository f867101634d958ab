import Foundation
import Testing

/// The program `baton` of this build, which lies beside the tests.
enum Program {
    static var path: String {
        URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
            .appending(path: "baton").path
    }

    /// Runs `baton` to its end.
    static func run(_ arguments: [String]) async throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: data, as: UTF8.self))
    }

    /// The report that `baton torture --json` prints.
    static func report(_ arguments: [String]) async throws -> (status: Int32, report: Report) {
        let (status, output) = try await run(["torture", "--json"] + arguments)
        let report = try JSONDecoder().decode(Report.self, from: Data(output.utf8))
        return (status, report)
    }

    /// What the tests read of a report.
    struct Report: Decodable {
        struct Finding: Decodable {
            let kind: String
            let place: String
            let text: String
        }

        struct Siege: Decodable {
            let idle: Int
            let slow: Int
            let requestsAlone: Int
            let requestsBesieged: Int
            let p99Alone: Double
            let p99Besieged: Double
        }

        let rounds: Int
        let done: [String: Int]
        let problems: [String: Int]
        let acknowledgedEvents: Int
        let acknowledgedWrites: Int
        let checkedEntries: Int
        let comparedDevices: Int
        let findings: [Finding]
        let sieges: [Siege]
    }
}

/// A folder that is gone after the test.
func withTemporaryFolder(_ body: (String) async throws -> Void) async throws {
    let folder = FileManager.default.temporaryDirectory.path + "/baton-test-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try await body(folder)
}
