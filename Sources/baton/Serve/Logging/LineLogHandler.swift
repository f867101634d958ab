import Foundation
import Logging

/// Writes each log message as one line to standard error, in one write, so that lines of several
/// threads never mix.
struct LineLogHandler: LogHandler {
    let format: LogFormat
    var logLevel: Logger.Level
    var metadata = Logger.Metadata()
    var metadataProvider: Logger.MetadataProvider?

    init(_ format: LogFormat, level: Logger.Level) {
        self.format = format
        logLevel = level
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var facts = metadata
        if let provided = metadataProvider?.get() { facts.merge(provided) { $1 } }
        if let own = event.metadata { facts.merge(own) { $1 } }
        if let error = event.error { facts["error"] = "\(error)" }
        let line = LogLine.text(
            format, time: WallClock.now(), level: event.level, message: event.message.description,
            metadata: facts)
        var rest = Array(line.utf8)[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
            // A log that nobody can take any more is no reason to stop serving.
            guard written > 0 || errno == EINTR else { return }
            rest = rest.dropFirst(max(0, written))
        }
    }
}

extension Logger {
    /// A logger to standard error.
    static func standardError(
        _ format: LogFormat = .text, level: Logger.Level
    ) -> Logger {
        Logger(label: "baton") { _ in LineLogHandler(format, level: level) }
    }
}
