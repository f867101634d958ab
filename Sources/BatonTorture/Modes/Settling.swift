/// What every mode does in the end: all that write come to rest, and all is compared.
struct Settling {
    let site: TortureSite
    let fleet: Fleet

    /// Lets devices finish, reads the rest of the logs, and checks writers, states and files.
    /// The server is up, or this says so and ends.
    func run(
        _ audit: inout LogAudit, _ report: inout TortureReport, expected: Set<String>
    ) async throws(TortureFailure) {
        guard !site.server.hasEnded else { return try await fleet.close() }
        report.comparedDevices = try await fleet.converge()
        site.findings.add(await audit.goOn())
        for device in fleet.devices {
            site.findings.add(
                audit.check(writer: device.writer, of: device.stream, through: device.writes))
        }
        for writer in fleet.thinWriters {
            site.findings.add(
                audit.check(writer: writer.writer, of: writer.stream, through: writer.writes))
        }
        report.checkedEntries = audit.entries
        report.foldedEntries = audit.folded
        try await fleet.close()
        try await site.stopServer(report.rounds)
        site.findings.add(await FileCheck.findings(in: site.server.data))
        let verification = try await Verification.run(site.options, data: site.server.data)
        if !verification.isSound {
            site.findings.add(
                .chain, site.server.data, "baton verify: \(verification.text.prefix(600))")
        }
        site.findings.add(site.tally.findings(expected: expected, place: report.mode))
    }
}
