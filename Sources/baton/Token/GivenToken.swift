import Foundation

/// The token that a command calls a server with. It comes from a file or the environment, never from the
/// command line: that stands in every list of processes.
enum GivenToken {
    /// The variable that may hold it.
    static let variable = "BATON_TOKEN"

    /// What stands in the environment, if anything.
    static var inEnvironment: String? { ProcessInfo.processInfo.environment[variable] }

    /// The token in the file, or where none is named, in the environment.
    static func read(_ file: String?) throws -> String {
        guard let file else { return inEnvironment ?? "" }
        guard let data = FileManager.default.contents(atPath: file) else {
            throw CommandFailure("the token file \(file) cannot be read")
        }
        return String(decoding: data, as: UTF8.self)
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
