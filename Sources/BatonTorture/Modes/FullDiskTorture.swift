import Foundation

/// Fills the disk under the server, and makes room again.
///
/// The disk is a small file system of its own in memory. While it is full, writes must be refused as
/// `storage-full` and reads go on; with room, writes must go on by themselves.
struct FullDiskTorture {
    private let site: TortureSite
    private let chance: Chance
    private var report: TortureReport
    private let disk: String

    private static let diskMebibytes = 48
    /// How long writes may take to be refused, or to be taken again, in milliseconds.
    private static let patience = 15_000

    /// Carries it out, within mounts of its own (``OwnMounts``).
    static func run(
        _ options: TortureOptions, progress: (Int) -> Void
    ) async throws(TortureFailure) -> TortureReport {
        let disk = options.folder + "/disk"
        do {
            try FileManager.default.createDirectory(
                atPath: disk, withIntermediateDirectories: true)
        } catch {
            throw TortureFailure(.folder, "\(disk) cannot be made", cause: "\(error)")
        }
        try SystemTool.run([
            "mount", "-t", "tmpfs", "-o", "size=\(diskMebibytes)m", "tmpfs", disk,
        ])
        var torture = FullDiskTorture(
            site: try TortureSite(options, data: disk + "/data"),
            chance: Chance(seed: options.seed, for: "disks"),
            report: TortureReport(mode: "full-disk", options: options), disk: disk)
        let report = try await torture.run(progress)
        try SystemTool.run(["umount", "--lazy", disk])
        return report
    }

    private mutating func run(
        _ progress: (Int) -> Void
    ) async throws(TortureFailure) -> TortureReport {
        let begun = ContinuousClock.now
        guard try await site.startServer(0) else { return finished(begun) }
        let fleet = try await Fleet(site)
        var audit = LogAudit(site.streams, record: site.record, reader: site.reader)
        try await fleet.writing { () async throws(TortureFailure) in
            for round in 1...max(1, site.options.rounds) {
                try? await Task.sleep(
                    for: .milliseconds(chance.pick(50...site.options.longestLife)))
                site.findings.add(await audit.goOn())
                guard try await fill(round, audit) else { return }
                report.rounds = round
                progress(round)
            }
        }
        try await Settling(site: site, fleet: fleet).run(
            &audit, &report, expected: ["overloaded", "storage-full"])
        return finished(begun)
    }

    /// Fills the disk, looks, and makes room again. Whether the server serves afterwards.
    private mutating func fill(_ round: Int, _ audit: LogAudit) async throws(TortureFailure)
        -> Bool
    {
        let probe = Probe(site)
        // Not always to the last byte: what is left is for the load to fill.
        try ballast(leaving: chance.percent(50) ? 0 : chance.pick(1...64) << 10)
        report.count("disk filled")
        let refused = await probe.await(.refused("storage-full"), within: Self.patience)
        if refused != .refused("storage-full") {
            site.findings.add(
                .answer, "round \(round)",
                "with a full disk a write was answered \(refused), not storage-full")
        }
        await probe.read("round \(round), disk full", audit)
        if chance.percent(30) {
            report.count("killed with a full disk")
            try await site.server.kill()
            try await startOnFullDisk(round)
        }
        try removeBallast()
        if site.server.hasEnded, !(try await site.startServer(round)) { return false }
        let taken = await probe.await(.accepted, within: Self.patience)
        if taken != .accepted {
            site.findings.add(
                .recovery, "round \(round)",
                "with room on the disk again a write was still answered \(taken)")
        }
        return true
    }

    /// A server may say that it cannot start on a full disk, or serve what there is to read.
    private func startOnFullDisk(_ round: Int) async throws(TortureFailure) {
        switch try await site.server.start() {
        case .serving: break
        case .ended(let status, let complaint):
            guard status > 0, complaint.contains("full") else {
                site.findings.add(
                    .process, "round \(round)",
                    "on a full disk the server ended with status \(status) and did not say that "
                        + "the disk is full; \(complaint)")
                return
            }
        case .silent(let complaint):
            site.findings.add(
                .process, "round \(round)", "on a full disk the server hung; \(complaint)")
            try await site.server.kill()
        }
    }

    private func ballast(leaving room: Int) throws(TortureFailure) {
        let path = disk + "/ballast"
        let file = open(path, O_CREAT | O_WRONLY, 0o600)
        guard file >= 0 else {
            throw TortureFailure(.folder, "\(path) cannot be made: errno \(errno)")
        }
        defer { close(file) }
        let zeros = [UInt8](repeating: 0, count: 4096)
        lseek(file, 0, SEEK_END)
        while write(file, zeros, zeros.count) > 0 {}
        let end = lseek(file, 0, SEEK_END)
        if room > 0 { ftruncate(file, max(0, end - off_t(room))) }
    }

    private func removeBallast() throws(TortureFailure) {
        unlink(disk + "/ballast")
    }

    private mutating func finished(_ begun: ContinuousClock.Instant) -> TortureReport {
        site.complete(&report, begun: begun)
        return report
    }
}
