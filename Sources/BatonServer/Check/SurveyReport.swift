package import BatonArchive
import BatonCore
package import BatonLog

/// What a look at a whole log found.
package struct SurveyReport: Encodable, Sendable {
    /// One thing that is wrong.
    package struct Finding: Encodable, Sendable, CustomStringConvertible {
        /// The file that it lies in, where that is what was looked at.
        package private(set) var file: String?
        /// Whose data it concerns.
        package private(set) var tenant: String?
        /// Which stream it concerns.
        package private(set) var stream: String?
        /// The first offset that cannot be trusted.
        package private(set) var offset: UInt64?
        /// What is wrong.
        package let reason: String
        /// `base` or `latest`, where it is about that stored snapshot.
        package private(set) var snapshot: String?

        init(_ finding: FileFinding) {
            file = finding.file
            tenant = finding.tenant
            stream = finding.stream
            reason = finding.reason
        }

        init(_ finding: LogFinding, in key: StreamKey) {
            tenant = key.tenant.description
            stream = key.stream.description
            offset = finding.offset == .start ? nil : finding.offset.rawValue
            reason = finding.reason
            snapshot = finding.snapshot.map { "\($0)" }
        }

        init(_ finding: ArchiveFinding, in archive: String) {
            file = archive + "/" + finding.file
            tenant = finding.stream?.tenant.description
            stream = finding.stream?.stream.description
            offset = finding.offset?.rawValue
            reason = finding.reason
        }

        init(tenant: TenantID? = nil, stream: StreamID? = nil, _ failure: LogFailure) {
            self.tenant = tenant?.description
            self.stream = stream?.description
            reason = failure.description
        }

        /// `tenant acme, stream cust-1, offset 7: reason`.
        package var description: String {
            let places = [
                file, tenant.map { "tenant \($0)" }, stream.map { "stream \($0)" },
                offset.map { "offset \($0)" },
            ].compactMap { $0 }
            return (places.isEmpty ? "the log" : places.joined(separator: ", ")) + ": " + reason
        }
    }

    /// Findings that are listed; the rest is only counted.
    static let limit = 1_000

    /// What is wrong, files first.
    package private(set) var findings: [Finding] = []
    /// How many findings there are beyond these.
    package private(set) var unlisted = 0
    /// Files that were looked at.
    package internal(set) var files = 0
    /// Streams that were looked at.
    package internal(set) var streams = 0
    /// Entries that were folded.
    package internal(set) var entries = 0
    /// Snapshots that were compared with a refold.
    package internal(set) var snapshots = 0
    /// Snapshots that hold what the given schemas do not declare, and so were not compared.
    package internal(set) var undeclared = 0

    /// Entries of archives that were looked at.
    package private(set) var archived: UInt64 = 0

    /// Begins with nothing.
    package init() {}

    /// Adds what was found of an archive in the folder `archive`.
    package mutating func add(_ tally: ArchiveCheck.Tally, of archive: String) {
        archived += tally.entries
        add(tally.findings.map { Finding($0, in: archive) })
    }

    /// The streams that the findings name, and which of their snapshots.
    package var suspects: [StreamKey: Set<SnapshotKind>] {
        findings.reduce(into: [:]) { suspects, finding in
            guard let tenant = finding.tenant.flatMap({ try? TenantID($0) }),
                let stream = finding.stream.flatMap({ try? StreamID($0) })
            else { return }
            let kinds = SnapshotKind.allCases.filter { "\($0)" == finding.snapshot }
            suspects[StreamKey(tenant: tenant, stream: stream), default: []].formUnion(kinds)
        }
    }

    /// Whether nothing is wrong.
    package var isSound: Bool { findings.isEmpty }

    /// Adds findings, up to the limit.
    mutating func add(_ found: [Finding]) {
        let room = max(0, Self.limit - findings.count)
        findings += found.prefix(room)
        unlisted += max(0, found.count - room)
    }

    /// All in one line, for a person.
    package var summary: String {
        let result = isSound ? "sound" : "\(findings.count + unlisted) findings"
        let seen =
            "\(streams) streams, \(entries) entries above the horizons, \(snapshots) snapshots "
            + "refolded, \(files) files" + (archived > 0 ? ", \(archived) archived entries" : "")
        guard undeclared > 0 else { return "\(result): \(seen)" }
        return "\(result): \(seen); \(undeclared) snapshots hold what these schemas do not declare "
            + "and were not compared: give --schemas"
    }
}
