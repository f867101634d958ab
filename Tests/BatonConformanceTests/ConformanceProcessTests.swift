import BatonCore
import Foundation
import Testing

@testable import BatonConformance

/// `baton conformance`, run as a process as another implementation's maker would run it.
struct ConformanceProcessTests {
    @Test func `It answers every case as the vectors expect`() throws {
        let lines = Vector.all.map { $0.line() + [UInt8(ascii: "\n")] }
        let answers = try run(lines.flatMap { $0 })
        #expect(answers.count == Vector.all.count)
        for (vector, answer) in zip(Vector.all, answers) {
            #expect(answer["id"] == .string(vector.id))
            #expect(
                answer["answer"]?.canonicalJSON == vector.expected.canonicalJSON, "\(vector.id)")
        }
    }

    @Test func `Damaged lines are answered one by one, and the cases between them as ever`() throws
    {
        let vector = try #require(Vector.of("log").first)
        var input = Array("{\"id\": \"cut\", \"kind\"\n\n[]\n".utf8) + [0xFF, 0x0A]
        input += [UInt8](repeating: UInt8(ascii: "x"), count: ConformanceRunner.longestLine + 1)
        // The last line has no line break.
        input += [0x0A] + vector.line() + [0x0A] + vector.line().dropLast() + [0x0A] + vector.line()
        let answers = try run(input)
        let expected = vector.expected.canonicalJSON
        try #require(answers.count == 7)
        for index in [0, 1, 2, 3, 5] {
            #expect(answers[index]["error"] != nil && answers[index]["answer"] == nil)
        }
        for index in [4, 6] { #expect(answers[index]["answer"]?.canonicalJSON == expected) }
    }

    /// Runs it over an input and returns its answers, one for each line that it printed.
    private func run(_ input: [UInt8]) throws -> [Value] {
        let process = Process()
        // The programs of this build lie beside the tests.
        process.executableURL = URL(fileURLWithPath: CommandLine.arguments[0])
            .deletingLastPathComponent().appending(path: "baton")
        process.arguments = ["conformance"]
        let file = FileManager.default.temporaryDirectory
            .appending(path: "baton-conformance-\(UUID().uuidString)")
        try Data(input).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        process.standardInput = try FileHandle(forReadingFrom: file)
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return try bytes.split(separator: 0x0A).map { try JSONValue.read(Array($0)) }
    }
}
