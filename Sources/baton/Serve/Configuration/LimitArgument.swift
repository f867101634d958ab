import ArgumentParser
import BatonServer
import Logging

/// `NAME=VALUE`, one of the server's limits.
struct LimitArgument: ExpressibleByArgument {
    let name: String
    let value: Int

    init?(argument: String) {
        guard let mark = argument.firstIndex(of: "="),
            let limit = NamedLimit.named(String(argument[..<mark])),
            let value = Int(argument[argument.index(after: mark)...])
        else { return nil }
        name = limit.name
        self.value = value
    }
}

/// A level of the log.
struct LogLevel: ExpressibleByArgument {
    let value: Logger.Level

    init?(argument: String) {
        guard let value = Logger.Level(rawValue: argument) else { return nil }
        self.value = value
    }
}

extension LogFormat: ExpressibleByArgument {}
