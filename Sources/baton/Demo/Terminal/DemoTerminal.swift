import Foundation

/// The terminal while the demo has it: keys come one by one and the screen is the other one.
final class DemoTerminal: Sendable {
    private static let enter = "\u{1B}[?1049h\u{1B}[?25l"
    private static let leave = "\u{1B}[?25h\u{1B}[?1049l"

    /// Whether colours are wished: not where `NO_COLOR` is set, nor on a terminal without any.
    private let colours: Bool

    private init() {
        let environment = ProcessInfo.processInfo.environment
        colours = (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
    }

    /// Takes the terminal for the time of `body`, and gives it back as it was, however that ends.
    static func with<Result>(
        _ body: (DemoTerminal) async throws -> Result
    ) async throws -> Result {
        guard isatty(STDIN_FILENO) == 1, isatty(STDOUT_FILENO) == 1 else {
            throw CommandFailure(
                "baton demo draws on a terminal, and this is none: run it in one, or give it "
                    + "--script FILE")
        }
        var before = termios()
        guard tcgetattr(STDIN_FILENO, &before) == 0 else {
            throw CommandFailure(
                "the terminal cannot be set up: \(String(cString: strerror(errno)))")
        }
        var raw = before
        cfmakeraw(&raw)
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &raw)
        write(enter)
        defer {
            write(leave)
            tcsetattr(STDIN_FILENO, TCSAFLUSH, &before)
        }
        return try await body(DemoTerminal())
    }

    /// How large it is now; 80 by 24 where it does not tell.
    var size: TerminalSize {
        var window = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &window) == 0, window.ws_col > 0 else {
            return DemoScreen.least
        }
        return TerminalSize(columns: Int(window.ws_col), rows: Int(window.ws_row))
    }

    /// Draws lines from the top, in one write, and clears what is below.
    func draw(_ lines: [StyledText]) {
        let rows = lines.enumerated().map { row, line in
            "\u{1B}[\(row + 1);1H" + line.ansi(colours: colours) + "\u{1B}[K"
        }
        Self.write(rows.joined() + "\u{1B}[J")
    }

    private static func write(_ text: String) {
        // Where the terminal is gone, a signal ends the demo.
        try? FileHandle.standardOutput.write(contentsOf: Data(text.utf8))
    }
}
