import Foundation

/// Where a log is put together before it is one, and how it gets its place.
///
/// Where the folder that it is to lie in does not exist, a hidden one beside it is filled, and then
/// renamed. Where it exists and is empty – a mount, a volume, all that a service may write to – a
/// hidden one in it is filled, and the files are moved out of that, `baton.db` last: what has none is
/// no log, whenever the process dies, and the next run takes away what this one left.
struct RestorePlace {
    /// Where the log is to lie.
    let directory: String
    /// The folder that it is put together in.
    let partial: String
    /// Whether that lies in ``directory``.
    private let isInside: Bool

    /// The name of a hidden folder in ``directory``.
    private static let name = ".restore"

    init(of directory: String) {
        var isFolder: ObjCBool = false
        let isThere = FileManager.default.fileExists(atPath: directory, isDirectory: &isFolder)
        self.directory = directory
        isInside = isThere && isFolder.boolValue
        partial =
            isInside ? directory + "/" + Self.name : DurableFiles.partial(of: directory)
    }

    /// Whether a run in `directory` was killed before there was a log.
    static func isBrokenOff(in directory: String) -> Bool {
        let files = FileManager.default
        return files.fileExists(atPath: directory + "/" + name)
            && !files.fileExists(atPath: directory + "/" + SQLiteLog.fileName)
    }

    /// Fails unless ``directory`` does not exist, or holds nothing but what a killed run left.
    func requireVacant() throws(LogFailure) {
        if isInside { _ = try moved() } else { try DurableFiles.requireEmpty(directory) }
    }

    /// Makes ``partial``, in place of what a killed run left.
    func begin() throws(LogFailure) {
        if isInside {
            let moved = try moved()
            for name in moved { try DurableFiles.remove(directory + "/" + name) }
            // Before what says that they may go is gone, too.
            if !moved.isEmpty { try DurableFiles.sync(directory) }
            DurableFiles.keepToOwner(directory, isFolder: true)
        }
        try DurableFiles.makeFresh(partial)
    }

    /// Makes what ``partial`` holds the log in ``directory``.
    func settle() throws(LogFailure) {
        guard isInside else {
            try DurableFiles.requireEmpty(directory)
            return try DurableFiles.rename(partial, to: directory)
        }
        guard try moved().isEmpty else { throw DurableFiles.notEmpty(directory) }
        try DurableFiles.sync(partial)
        for name in try DurableFiles.names(in: partial) where name != SQLiteLog.fileName {
            try move(name)
        }
        try DurableFiles.sync(directory)
        try move(SQLiteLog.fileName)
        try DurableFiles.sync(directory)
        // Where it stays, it is empty and in nobody's way.
        _ = rmdir(partial)
    }

    /// Takes ``partial`` away, as well as that can be done.
    func discard() { try? DurableFiles.remove(partial) }

    private func move(_ name: String) throws(LogFailure) {
        try DurableFiles.move(partial + "/" + name, to: directory + "/" + name)
    }

    /// What a killed run has moved into ``directory``; fails where anything else lies there.
    ///
    /// `baton.db` waits to the end: only while it does can what lies beside ``partial`` have come out
    /// of it, and nobody has written to that since.
    private func moved() throws(LogFailure) -> [String] {
        let names = try DurableFiles.names(in: directory).filter {
            // The second is what mkfs leaves in the top folder of a file system.
            $0 != Self.name && $0 != "lost+found"
        }
        guard !names.isEmpty else { return [] }
        let isWaiting = FileManager.default.fileExists(
            atPath: partial + "/" + SQLiteLog.fileName)
        guard isWaiting, names.allSatisfy(Self.isMovedBeforeLast) else {
            throw DurableFiles.notEmpty(directory)
        }
        return names
    }

    private static func isMovedBeforeLast(_ name: String) -> Bool {
        if LogBackup.companions.contains(name) { return true }
        return name != SQLiteLog.fileName && name.hasPrefix("baton") && name.contains(".db")
    }
}
