import BatonCore
package import BatonLog
import BatonWire

/// Checks every byte of an archive, and that its parts fit together (`protocol/archive.md`,
/// section 6). Waits for the disk; memory is bounded by a segment and the longest manifest.
package struct ArchiveCheck: Sendable {
    /// What a check went through.
    package struct Tally: Hashable, Sendable {
        /// Streams.
        package var streams = 0
        /// Entries in segments.
        package var entries: UInt64 = 0
        /// Bytes of segments and snapshots.
        package var bytes = 0
        /// What was found.
        package var findings: [ArchiveFinding] = []
    }

    /// Findings that a tally keeps at most; what comes after says no more.
    package static let mostFindings = 1_000

    /// Checks the archive in `path`, or of it only what it holds of `stream`.
    ///
    /// - Parameter progress: called after each stream with how many are done, and how many there are.
    /// - Throws: `archive-missing`, `archive-newer-format`, `archive-io`; damage is a finding.
    package static func run(
        _ path: String, only stream: StreamKey? = nil, progress: (Int, Int) -> Void = { _, _ in }
    ) throws(ArchiveFailure) -> Tally {
        var tally = Tally()
        let archive: Archive
        do {
            archive = try Archive(opening: path)
        } catch {
            guard error.code == .damaged else { throw error }
            tally.findings.append(
                ArchiveFinding(stream: nil, file: ArchiveNames.manifest, reason: error.message))
            return tally
        }
        let folders: [String]
        if let stream {
            folders = [ArchiveNames.folder(of: stream)]
        } else {
            folders = try archive.folders()
        }
        for folder in folders where tally.findings.count < mostFindings {
            try check(folder, of: archive, &tally)
            progress(tally.streams, folders.count)
        }
        if stream == nil, tally.streams < archive.streamCount, tally.findings.isEmpty {
            tally.findings.append(
                ArchiveFinding(
                    stream: nil, file: ArchiveNames.manifest,
                    reason:
                        "\(archive.streamCount) streams were archived, but only \(tally.streams) "
                        + "are there"))
        }
        return tally
    }

    private static func check(_ folder: String, of archive: Archive, _ tally: inout Tally)
        throws(ArchiveFailure)
    {
        let manifest: StreamManifest?
        do {
            manifest = try archive.manifest(in: folder)
        } catch {
            guard error.code == .damaged else { throw error }
            tally.streams += 1
            tally.findings.append(
                ArchiveFinding(
                    stream: nil, file: "\(folder)/\(ArchiveNames.manifest)", reason: error.message))
            return
        }
        // A folder without a manifest is one that a killed writer had just made.
        guard let manifest, let key = manifest.key else { return }
        tally.streams += 1
        var walk = StreamArchiveWalk(archive: archive, key: key, manifest: manifest)
        try walk.run()
        tally.entries += manifest.entries
        tally.bytes += manifest.segments.reduce(0) { $0 + $1.bytes }
        tally.bytes += manifest.snapshots.reduce(0) { $0 + $1.bytes }
        tally.findings += walk.findings
    }
}
