import ArgumentParser
import BatonCore
import BatonServer
import Foundation

/// Key files: JWK sets that only their owner may read.
enum KeyFile {
    /// What a key file holds.
    static func read(_ path: String) throws -> [UInt8] {
        guard let bytes = FileManager.default.contents(atPath: path) else {
            throw CommandFailure("the key file \(path) cannot be read")
        }
        return Array(bytes)
    }

    /// What is wrong with a secret that others can read, for then it is theirs, too, and what to do.
    static func complaint(about path: String) -> String? {
        var facts = stat()
        guard stat(path, &facts) == 0, facts.st_mode & 0o077 != 0 else { return nil }
        return "\(path) can be read by others than its owner: chmod 600 \(path)"
    }

    /// Makes a file with one new key; fails where a file is already there.
    static func make(at path: String, _ algorithm: SigningAlgorithm) throws {
        try write(KeySet(new: algorithm, id: newID()), to: path)
    }

    /// Writes a set to a file that is not there yet.
    static func write(_ set: KeySet, to path: String) throws {
        let file = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o600)
        guard file >= 0 else {
            throw CommandFailure(
                errno == EEXIST
                    ? "\(path) exists: a new key is never written over an old one"
                    : "\(path) cannot be made: \(String(cString: strerror(errno)))")
        }
        let handle = FileHandle(fileDescriptor: file, closeOnDealloc: true)
        try handle.write(contentsOf: Data(set.json))
        try handle.synchronize()
        try handle.close()
    }

    /// Replaces a set; whoever reads the file finds the one before or this one.
    static func replace(_ path: String, with set: KeySet) throws {
        let aside = "\(path).new-\(getpid())"
        try write(set, to: aside)
        guard rename(aside, path) == 0 else {
            throw CommandFailure("\(path) cannot be replaced: \(String(cString: strerror(errno)))")
        }
    }

    /// An id for a new key: when it was made, and a few letters of chance for two in one second.
    static func newID() -> String {
        let chance = String(UInt16.random(in: .min ... .max), radix: 36)
        return "key-\(InstantFormat.text(milliseconds: WallClock.now()).prefix(19))-\(chance)"
    }
}

/// An algorithm by name.
struct KeyAlgorithm: ExpressibleByArgument {
    let value: SigningAlgorithm

    init(value: SigningAlgorithm) { self.value = value }

    init?(argument: String) {
        guard let value = SigningAlgorithm(rawValue: argument) else { return nil }
        self.value = value
    }

    static var allValueStrings: [String] { SigningAlgorithm.allCases.map(\.rawValue) }
    var defaultValueDescription: String { value.rawValue }
}
