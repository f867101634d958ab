import BatonCore
import Foundation

/// The files of a log, opened for writing: all that there are to be, and all of one log.
struct OpenedFiles {
    let set: FileSet
    let identity: LogIdentity
    let connections: [Connection]

    /// Opens the log in `directory`; where there is none, makes one of `count` files. Several
    /// processes may do so at once, and one that was killed over it is followed by one that ends it.
    init(directory: String, count: Int) throws(LogFailure) {
        let first = try Connection.openLog(
            at: FileSet.path(0, in: directory),
            new: .first(files: count, isAlone: !Self.hasOthers(directory)))
        let facts = try first.facts()
        set = FileSet(directory: directory, count: facts.files)
        identity = facts.identity
        var connections = [first]
        for index in 1..<max(1, set.count) {
            let path = set.path(index)
            // What was there and is gone must not be taken for what is still to be made.
            guard !facts.isComplete || FileManager.default.fileExists(atPath: path) else {
                throw LogFailure(
                    .corrupt,
                    "baton-\(index).db is missing, and the streams in it: restore from a backup")
            }
            let connection = try Connection.openLog(at: path, new: .other(index, of: facts))
            let found = try connection.facts()
            guard found.identity == facts.identity, found.file == index else {
                throw LogFailure(
                    .corrupt,
                    "baton-\(index).db is of another log: put back the one that was beside baton.db"
                )
            }
            connections.append(connection)
        }
        if !facts.isComplete { try first.noteComplete() }
        self.connections = connections
    }

    /// The files of the log in `directory`. Only looks.
    static func existing(in directory: String) throws(LogFailure) -> FileSet {
        let path = FileSet.path(0, in: directory)
        guard FileManager.default.fileExists(atPath: path) else {
            throw LogFailure(.inputOutput, "there is no log in \(directory): check the path")
        }
        return FileSet(
            directory: directory,
            count: try Connection(path: path, access: .write).facts().files)
    }

    private static func hasOthers(_ directory: String) -> Bool {
        FileManager.default.fileExists(atPath: FileSet.path(1, in: directory))
    }
}
