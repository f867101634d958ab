import BatonCore
import Foundation

/// What all modes work with: the folder, the server, its clients' network, and the records.
struct TortureSite {
    let options: TortureOptions
    let server: ServerUnderTorture
    let record: AcknowledgementRecord
    let tally = AnswerTally()
    let findings = FindingList()

    /// Makes the folder's content. The log lies in `data`, or in a place of its own.
    init(
        _ options: TortureOptions, data: String? = nil, arguments: [String] = []
    ) throws(TortureFailure) {
        self.options = options
        do {
            try FileManager.default.createDirectory(
                atPath: options.folder + "/devices", withIntermediateDirectories: true)
        } catch {
            throw TortureFailure(
                .folder, "\(options.folder) cannot be made: name another folder",
                cause: "\(error)")
        }
        record = try AcknowledgementRecord(path: options.folder + "/acknowledged")
        server = ServerUnderTorture(
            options, data: data ?? options.folder + "/data", address: ServerAddress(),
            arguments: arguments)
    }

    /// Clients' way to the server.
    var network: WitnessTransport {
        WitnessTransport(network: server.address, record: record, tally: tally)
    }

    /// The streams that are written to.
    var streams: [StreamID] {
        (1...max(1, options.streams)).compactMap { try? StreamID("cust-\($0)") }
    }

    /// Reads streams past the tally: what the torture itself asks is no load.
    var reader: StreamReader { StreamReader(network: server.address, token: server.token) }

    /// Starts the server; whether it serves. A finding where it does not.
    func startServer(_ round: Int) async throws(TortureFailure) -> Bool {
        switch try await server.start() {
        case .serving: return true
        case .ended(let status, let complaint):
            findings.add(
                .process, "round \(round)",
                "the server did not start: status \(status); \(complaint)")
        case .silent(let complaint):
            findings.add(
                .process, "round \(round)",
                "the server did not take requests within \(options.patience) ms; \(complaint)")
            try await server.kill()
        }
        return false
    }

    /// Stops the server; a finding where it does not end as it should.
    func stopServer(_ round: Int) async throws(TortureFailure) {
        let complaints = server.complaints
        let status = try await server.stop()
        guard status != 0 else { return }
        let end = status.map { "ended with status \($0)" } ?? "would not end"
        findings.add(.process, "round \(round)", "told to stop, the server \(end); \(complaints)")
    }

    /// Brings the report's numbers up to date.
    func complete(_ report: inout TortureReport, begun: ContinuousClock.Instant) {
        let counts = record.counts
        report.acknowledgedEvents = counts.pushed
        report.acknowledgedWrites = counts.thin
        report.answers = tally.answers
        report.unanswered = tally.unanswered
        report.problems = tally.problems
        report.slowestStart = server.slowestStart
        report.seconds = (ContinuousClock.now - begun) / .seconds(1)
        report.findingCount = findings.count
        report.findings = findings.kept
    }
}
