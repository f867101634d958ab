import BatonCore
import BatonWire
import Foundation

/// Changes bytes in the log's files while the server is stopped, and looks whether the server then
/// serves anything else than was written.
///
/// What it cannot read it must refuse; what it serves must be what was acknowledged. Each round
/// begins with the undamaged files. The write-ahead log is left alone: SQLite takes a damaged frame
/// for the end of the log, as after a power cut, and nothing in the files could tell.
struct DamageTorture {
    private let site: TortureSite
    private let chance: Chance
    private var report: TortureReport
    /// What every stream holds, and its state hash.
    private var known: [StreamAudit] = []
    private var hashes: [StreamID: String] = [:]

    /// How long the streams are filled, in milliseconds.
    private static let filling = 2_500

    /// Carries it out.
    static func run(
        _ options: TortureOptions, progress: (Int) -> Void
    ) async throws(TortureFailure) -> TortureReport {
        var torture = DamageTorture(
            site: try TortureSite(options), chance: Chance(seed: options.seed, for: "damage"),
            report: TortureReport(mode: "damage", options: options))
        return try await torture.run(progress)
    }

    private mutating func run(
        _ progress: (Int) -> Void
    ) async throws(TortureFailure) -> TortureReport {
        let begun = ContinuousClock.now
        guard try await site.startServer(0) else { return finished(begun) }
        try await fill()
        guard site.findings.count == 0 else { return finished(begun) }
        try copy(site.server.data, to: sound)
        for round in 1...max(1, site.options.rounds) {
            try copy(sound, to: site.server.data)
            let places = try damage()
            try await look("round \(round), \(places)")
            report.rounds = round
            progress(round)
        }
        return finished(begun)
    }

    private var sound: String { site.options.folder + "/sound" }

    private mutating func fill() async throws(TortureFailure) {
        let fleet = try await Fleet(site)
        var audit = LogAudit(site.streams, record: site.record, reader: site.reader)
        try await fleet.writing { () async throws(TortureFailure) in
            try? await Task.sleep(for: .milliseconds(Self.filling))
        }
        _ = try await fleet.converge()
        for stream in site.streams {
            hashes[stream] = try? await site.reader.stateHash(of: stream)
        }
        try await Settling(site: site, fleet: fleet).run(&audit, &report, expected: ["overloaded"])
        known = audit.streams
    }

    /// Changes up to three bytes and says where.
    private mutating func damage() throws(TortureFailure) -> String {
        let files = FileManager.default
        let names = ((try? files.contentsOfDirectory(atPath: site.server.data)) ?? [])
            .filter { $0.hasSuffix(".db") }.sorted()
        var places: [String] = []
        for _ in 0..<chance.pick(1...3) {
            guard !names.isEmpty else { break }
            let name = names[chance.pick(0...(names.count - 1))]
            guard let file = FileHandle(forUpdatingAtPath: site.server.data + "/" + name) else {
                throw TortureFailure(.folder, "\(name) cannot be changed")
            }
            do {
                let size = Int(try file.seekToEnd())
                let offset = UInt64(chance.pick(0...(size - 1)))
                try file.seek(toOffset: offset)
                let byte = try file.read(upToCount: 1)?.first ?? 0
                try file.seek(toOffset: offset)
                try file.write(contentsOf: [byte ^ UInt8(chance.pick(1...255))])
                try file.close()
                places.append("\(name) byte \(offset)")
            } catch {
                throw TortureFailure(.folder, "\(name) cannot be changed", cause: "\(error)")
            }
        }
        report.done["bytes changed", default: 0] += places.count
        return places.joined(separator: ", ")
    }

    /// Starts the server on the damaged files and reads all that it serves.
    private mutating func look(_ place: String) async throws(TortureFailure) {
        let verification = try await Verification.run(site.options, data: site.server.data)
        report.count(verification.isSound ? "verify found nothing" : "verify found it")
        if verification.status.map({ $0 < 0 }) ?? true {
            site.findings.add(.process, place, "baton verify did not end; \(verification.text)")
        }
        switch try await site.server.start() {
        case .serving: break
        case .ended(let status, let complaint):
            report.count("start refused")
            blame(verification, place)
            if status <= 0 {
                site.findings.add(
                    .process, place, "the server ended by signal \(-status); \(complaint)")
            }
            return
        case .silent(let complaint):
            site.findings.add(.process, place, "the server hung; \(complaint)")
            try await site.server.kill()
            return
        }
        var refused = 0
        for stream in known where stream.count > 0 {
            if try await !read(stream, place) { refused += 1 }
        }
        if refused > 0 { blame(verification, place) }
        report.count(refused == 0 ? "all served as written" : "streams refused, others served")
        _ = await Probe(site).await(.accepted, within: 0)
        if site.server.hasEnded {
            site.findings.add(.process, place, "the server ended; \(site.server.complaints)")
        }
        try await site.server.kill()
    }

    /// What the server noticed, ops must be able to find.
    private func blame(_ verification: Verification, _ place: String) {
        guard verification.isSound else { return }
        site.findings.add(
            .chain, place, "the server refused what baton verify had found to be sound")
    }

    /// Whether the whole stream was served; a finding where it was served wrong.
    private func read(
        _ expected: StreamAudit, _ place: String
    ) async throws(TortureFailure) -> Bool {
        let stream = expected.stream
        var audit = StreamAudit(stream)
        do {
            while let page = try await site.reader.page(of: stream, after: audit.cursor) {
                let before = audit.cursor
                if let wrong = audit.take(page).first {
                    site.findings.add(.silentDamage, place, "\(wrong)")
                    return true
                }
                if !page.more || audit.cursor == before { break }
            }
            if !audit.holdsTheSame(as: expected) {
                site.findings.add(
                    .silentDamage, place,
                    "stream \(stream) was served as \(audit.count) entries that are not the "
                        + "\(expected.count) that were written")
            }
            let hash = try await site.reader.stateHash(of: stream)
            if hash != hashes[stream] {
                site.findings.add(
                    .silentDamage, place, "stream \(stream) was served with another state")
            }
            return true
        } catch {
            // A refusal has a status of its own; a broken connection would be the server's end.
            if error.status == nil {
                site.findings.add(.process, place, "no answer for stream \(stream): \(error.text)")
            }
            return false
        }
    }

    private func copy(_ source: String, to target: String) throws(TortureFailure) {
        do {
            let files = FileManager.default
            if files.fileExists(atPath: target) { try files.removeItem(atPath: target) }
            try files.copyItem(atPath: source, toPath: target)
        } catch {
            throw TortureFailure(.folder, "\(source) cannot be copied", cause: "\(error)")
        }
    }

    private mutating func finished(_ begun: ContinuousClock.Instant) -> TortureReport {
        site.complete(&report, begun: begun)
        return report
    }
}
