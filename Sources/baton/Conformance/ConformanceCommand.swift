import ArgumentParser
import BatonConformance
import Foundation

/// `baton conformance`: answers the cases of `protocol/vectors/`.
struct ConformanceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "conformance",
        abstract: "Answer conformance cases, a line each, as this implementation has them.",
        discussion: """
            Reads cases without what is expected of them from standard input, one JSON document a \
            line, and writes one answer a line to standard output: {"answer": …, "id": …}, or \
            {"error": …, "id": …} for a case that cannot be run. protocol/vectors/README.md \
            describes the kinds of case and their answers.

            Examples:
              tools/check-vectors --runner 'baton conformance'
              tools/check-vectors --cases | baton conformance | head -3

            Exit status 0 once all of the input is answered, whatever the answers say: to compare \
            is for whoever asked.
            """)

    func run() async throws {
        let runner = ConformanceRunner()
        var lines = LineSplitter(longest: ConformanceRunner.longestLine)
        while let bytes = try Self.input() {
            for line in lines.take(bytes) { await Self.answer(line, with: runner) }
        }
        if let last = lines.finish() { await Self.answer(last, with: runner) }
    }

    /// What standard input holds now, waiting for at least one byte; `nil` at its end. So that a
    /// caller who waits for each answer gets it.
    private static func input() throws -> ArraySlice<UInt8>? {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(STDIN_FILENO, &buffer, buffer.count)
            if count > 0 { return buffer[..<count] }
            if count == 0 { return nil }
            guard errno == EINTR else {
                throw CommandFailure("standard input cannot be read: error \(errno)")
            }
        }
    }

    private static func answer(_ line: LineSplitter.Line, with runner: ConformanceRunner) async {
        let answer: [UInt8]
        switch line {
        case .whole(let bytes): answer = await runner.answer(to: bytes)
        case .overlong: answer = runner.answerToOverlongLine()
        }
        Output.tell(String(decoding: answer, as: UTF8.self))
    }
}
