public import BatonLog
import Foundation

/// Where a log's ``Revocations`` lie: the file `revoked.json` beside it. A server that serves the log
/// looks at it each second.
public enum RevocationFile {
    /// The file's name in the log's directory.
    public static let name = "revoked.json"

    private static func file(in directory: String) -> SharedFile {
        SharedFile(directory: directory, name: name, lockName: "revoked.lock")
    }

    /// The list beside the log in `directory`; an empty one where there is none yet.
    ///
    /// - Throws: ``LogFailure/Code/inputOutput``, ``LogFailure/Code/corrupt``.
    public static func read(in directory: String) throws(LogFailure) -> Revocations {
        let file = file(in: directory)
        guard let bytes = try file.read() else { return Revocations() }
        do {
            return try Revocations(json: bytes)
        } catch {
            throw LogFailure(
                .corrupt, "\(file.path) is \(error.description); mend it, or nobody is let in")
        }
    }

    /// Changes the list, durably, before it returns. Blocks while another process does the same.
    ///
    /// - Returns: What `change` returned.
    /// - Throws: what ``read(in:)`` throws.
    public static func update(
        in directory: String, _ change: (inout Revocations) -> Bool
    ) throws(LogFailure) -> Bool {
        let file = file(in: directory)
        return try file.locked { () throws(LogFailure) in
            let before = try read(in: directory)
            var list = before
            let result = change(&list)
            guard list != before else { return result }
            do {
                try file.write(list.json)
            } catch let failure as LogFailure {
                throw failure
            } catch {
                throw LogFailure(.inputOutput, "the list cannot be written", cause: "\(error)")
            }
            return result
        }
    }

    /// Tells one content of the file from another without reading it; `nil` where there is none.
    public static func version(in directory: String) -> String? {
        var facts = stat()
        guard stat("\(directory)/\(name)", &facts) == 0 else { return nil }
        let time = facts.st_mtim
        return "\(facts.st_ino) \(facts.st_size) \(time.tv_sec).\(time.tv_nsec)"
    }
}
