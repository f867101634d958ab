import BatonCore
public import BatonLog
import Crypto
import Foundation

/// The audit record of a folder: `audit.jsonl`, to which every administrative act adds, a JSON object a
/// line.
///
/// Each line names the hash of the one before, so that none can be changed, put in or taken out without the
/// ones after telling; only an end that was cut off shows nothing, so a copy of the last hash belongs
/// elsewhere where that matters. A line is on disk before its act begins. A file that has grown large gets the
/// number of its first line into its name, `audit-000000000001.jsonl`, and a new one goes on; nothing is ever
/// taken away.
public struct AuditFile: Sendable {
    /// The name of the file that grows.
    public static let name = "audit.jsonl"
    /// Bytes from which on the file gets another name and a new one goes on.
    public static let standardFileBytes = 16 << 20
    /// Bytes of one detail; what is longer is cut.
    private static let detailBytes = 1_024
    /// Bytes at a file's end that hold its last line, whatever it says.
    private static let lastBytes: UInt64 = 256 * 1_024

    private let file: SharedFile
    private let fileBytes: Int

    /// The record in a folder that is there.
    public init(in directory: String, fileBytes: Int = standardFileBytes) {
        file = SharedFile(directory: directory, name: Self.name, lockName: "audit.lock")
        self.fileBytes = fileBytes
    }

    // MARK: Writing

    /// Adds a line; it is on disk when this returns. Blocks while another process adds one.
    ///
    /// - Throws: ``LogFailure/Code/inputOutput``, ``LogFailure/Code/corrupt`` where the last line cannot be
    ///   read.
    public func add(
        _ act: String, outcome: String? = nil, by: String, detail: [String: String],
        now milliseconds: Int64
    ) throws(LogFailure) {
        try file.locked { () throws(LogFailure) in
            try growOn()
            let last = try lastLine()
            let line = AuditLine(
                number: (last?.line.number ?? 0) + 1,
                time: InstantFormat.text(milliseconds: milliseconds), act: act,
                outcome: outcome.map(Self.cut), by: Self.cut(by),
                detail: detail.mapValues(Self.cut),
                previous: last.map { Self.hash($0.bytes) } ?? AuditLine.beginning)
            try append(line)
        }
    }

    private static func cut(_ text: String) -> String {
        text.utf8.count <= detailBytes
            ? text : String(decoding: text.utf8.prefix(detailBytes), as: UTF8.self) + "…"
    }

    private static func hash(_ bytes: some Sequence<UInt8>) -> String {
        SHA256.hash(data: Array(bytes)).map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }

    /// Gives a file that has grown large its lasting name.
    private func growOn() throws(LogFailure) {
        guard let size = Self.size(of: file.path), size > fileBytes,
            let first = try Self.lines(of: file.path).first
        else { return }
        let number = "\(try Self.read(first, of: file.path).number)"
        let name =
            "audit-\(String(repeating: "0", count: max(0, 12 - number.count)))\(number).jsonl"
        guard rename(file.path, "\(file.directory)/\(name)") == 0 else {
            throw failure("\(file.path) cannot be renamed to \(name)")
        }
    }

    private func append(_ line: AuditLine) throws(LogFailure) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let json = try? encoder.encode(line) else {
            throw LogFailure(.inputOutput, "an act cannot be written as JSON", cause: "\(line)")
        }
        let descriptor = open(file.path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure("\(file.path) cannot be opened for writing") }
        defer { close(descriptor) }
        let bytes = Array(json) + [UInt8(ascii: "\n")]
        let written = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        guard written == bytes.count, fsync(descriptor) == 0 else {
            throw failure("\(file.path) cannot be written")
        }
    }

    /// The line that was added last. What follows the last line feed was never acknowledged, its act never
    /// began: it is cut off.
    private func lastLine() throws(LogFailure) -> (line: AuditLine, bytes: [UInt8])? {
        var path = file.path
        if Self.size(of: path) ?? 0 == 0 {
            guard let older = try Self.files(in: file.directory).last(where: { $0 != path }) else {
                return nil
            }
            path = older
        }
        guard let size = Self.size(of: path), let handle = FileHandle(forUpdatingAtPath: path)
        else {
            throw failure("\(path) cannot be opened")
        }
        defer { try? handle.close() }
        let start = UInt64(size) - min(UInt64(size), Self.lastBytes)
        do {
            try handle.seek(toOffset: start)
            let bytes = Array(try handle.readToEnd() ?? Data())
            guard let end = bytes.lastIndex(of: UInt8(ascii: "\n")) else {
                guard start == 0 else {
                    throw LogFailure(.corrupt, "\(path) ends with no line of an audit record")
                }
                try handle.truncate(atOffset: 0)
                return nil
            }
            if end + 1 < bytes.count { try handle.truncate(atOffset: start + UInt64(end) + 1) }
            let last = Array(bytes[..<end].split(separator: UInt8(ascii: "\n")).last ?? [])
            return (try Self.read(last, of: path), last)
        } catch let failure as LogFailure {
            throw failure
        } catch {
            throw LogFailure(
                .inputOutput, "\(path) cannot be read: check its rights", cause: "\(error)")
        }
    }

    private func failure(_ what: String) -> LogFailure {
        LogFailure(
            .inputOutput, "\(what), and no act goes without its record: check room and rights",
            cause: String(cString: strerror(errno)))
    }

    // MARK: Reading

    /// What a record holds, and what is wrong with it.
    public struct Reading: Sendable {
        /// The lines that can be read, in order.
        public let lines: [AuditLine]
        /// The hash of the last line, to be kept elsewhere; `nil` where there is none.
        public let last: String?
        /// Where lines are missing, changed or unreadable, by file and line.
        public let findings: [String]
    }

    /// Reads all files of the record, the oldest first, and checks the chain. A record may begin later than
    /// with line 1: its oldest files may be kept elsewhere.
    public func read() throws(LogFailure) -> Reading {
        var lines: [AuditLine] = []
        var findings: [String] = []
        var before: (number: Int, hash: String)?
        for path in try Self.files(in: file.directory) {
            for (index, bytes) in try Self.lines(of: path).enumerated() {
                let place = "\(path), line \(index + 1)"
                guard let line = try? Self.read(bytes, of: path) else {
                    findings.append("\(place): not a line of an audit record")
                    before = nil
                    continue
                }
                if let before, line.number != before.number + 1 || line.previous != before.hash {
                    findings.append(
                        "\(place): number \(line.number) does not follow number \(before.number) as it "
                            + "stands: a line was changed, put in or taken out")
                }
                before = (line.number, Self.hash(bytes))
                lines.append(line)
            }
        }
        if let first = lines.first, first.number == 1, first.previous != AuditLine.beginning {
            findings.append("number 1 follows something: a line was changed or taken out")
        }
        return Reading(lines: lines, last: before?.hash, findings: findings)
    }

    /// The files of a record, the oldest first.
    private static func files(in directory: String) throws(LogFailure) -> [String] {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: directory)
        } catch {
            throw LogFailure(.inputOutput, "\(directory) cannot be read", cause: "\(error)")
        }
        let older = names.filter { $0.hasPrefix("audit-") && $0.hasSuffix(".jsonl") }.sorted()
        return (older + names.filter { $0 == name }).map { "\(directory)/\($0)" }
    }

    /// The whole lines of a file; one that is being written is not among them.
    private static func lines(of path: String) throws(LogFailure) -> [[UInt8]] {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw LogFailure(.inputOutput, "\(path) cannot be read: check its rights")
        }
        let bytes = Array(data)
        guard let end = bytes.lastIndex(of: UInt8(ascii: "\n")) else { return [] }
        return bytes[..<end].split(separator: UInt8(ascii: "\n")).map(Array.init)
    }

    private static func read(_ bytes: [UInt8], of path: String) throws(LogFailure) -> AuditLine {
        guard let line = try? JSONDecoder().decode(AuditLine.self, from: Data(bytes)) else {
            throw LogFailure(
                .corrupt,
                "\(path) holds what is no line of an audit record: baton audit shows where")
        }
        return line
    }

    private static func size(of path: String) -> Int? {
        var facts = stat()
        return stat(path, &facts) == 0 ? Int(facts.st_size) : nil
    }
}
