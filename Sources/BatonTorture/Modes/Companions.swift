import BatonCore
import BatonLog
import Foundation

/// Commands of operators that run beside the server again and again, and are killed now and then as
/// it is.
struct Companions: Sendable {
    /// Counts what they did.
    let deeds = DeedCount()
    private let options: TortureOptions
    private let data: String
    private let record: AcknowledgementRecord
    private let findings: FindingList

    /// Kills this share of them, in percent.
    private static let killed = 40
    /// How long one may take, in milliseconds.
    private static let patience = 120_000

    init(_ site: TortureSite) {
        options = site.options
        data = site.server.data
        record = site.record
        findings = site.findings
    }

    /// Runs `body` while the chosen commands run one after another, each kind by itself.
    func beside(
        _ body: () async throws(TortureFailure) -> Void
    ) async throws(TortureFailure) {
        let result = await withTaskGroup(of: Void.self) { group in
            for command in options.beside { group.addTask { await keepRunning(command) } }
            let result: Result<Void, TortureFailure>
            do throws(TortureFailure) {
                try await body()
                result = .success(())
            } catch {
                result = .failure(error)
            }
            group.cancelAll()
            return result
        }
        try result.get()
    }

    private func keepRunning(_ command: TortureOptions.Companion) async {
        let chance = Chance(seed: options.seed, for: command.rawValue)
        var number = 0
        while !Task.isCancelled {
            number += 1
            do throws(TortureFailure) {
                switch command {
                case .compact: try await compact(chance)
                case .backup: try await backUp(number, chance)
                }
            } catch {
                findings.add(.process, command.rawValue, "\(error)")
                return
            }
            try? await Task.sleep(for: .milliseconds(chance.pick(0...200)))
        }
    }

    private func compact(_ chance: Chance) async throws(TortureFailure) {
        var arguments = [
            "compact", "--data", data, "--keep-last", "\(chance.pick(0...120))",
        ]
        if chance.percent(50) { arguments += ["--archive", options.folder + "/archive"] }
        _ = try await run(arguments, as: "compact", chance)
    }

    /// A backup must hold all that was acknowledged before it began, and restore to a sound log.
    private func backUp(_ number: Int, _ chance: Chance) async throws(TortureFailure) {
        let backup = options.folder + "/backup-\(number)"
        let acknowledged = record.reached
        let isDone = try await run(
            ["backup", "--data", data, "--to", backup, "--rate", "0"], as: "backup",
            chance)
        guard isDone else {
            if FileManager.default.fileExists(atPath: backup) {
                // Killed after it was whole: then it is a backup like any other.
                try await check(backup, acknowledged)
            }
            return
        }
        try await check(backup, acknowledged)
    }

    private func check(
        _ backup: String, _ acknowledged: [StreamID: [ReplicaID: Counter]]
    ) async throws(TortureFailure) {
        let restored = backup + "-restored"
        let restore = try ChildProcess(
            options.program, ["restore", backup, "--data", restored],
            output: options.folder + "/restore")
        let status = await restore.ended(within: Self.patience)
        guard status == 0 else {
            findings.add(
                .lost, backup,
                "the backup cannot be restored: status \(status ?? -1); \(restore.printed) "
                    + restore.complaints)
            return
        }
        deeds.count("backups restored")
        await FileCheck.compare(restored, with: acknowledged, backup, findings)
        try? FileManager.default.removeItem(atPath: backup)
        try? FileManager.default.removeItem(atPath: restored)
    }

    /// Whether it was let run to its end, and ended well.
    private func run(
        _ arguments: [String], as name: String, _ chance: Chance
    ) async throws(TortureFailure) -> Bool {
        let process = try ChildProcess(
            options.program, arguments, output: options.folder + "/" + name)
        if chance.percent(Self.killed) {
            if await process.ended(within: chance.pick(5...400)) == nil {
                process.kill()
                _ = await process.ended(within: Self.patience)
                deeds.count(name + " killed")
                return false
            }
        }
        let status = await process.ended(within: Self.patience)
        deeds.count(name + " done")
        if status != 0 {
            findings.add(
                .process, name,
                "it ended with status \(status ?? -1); \(process.printed.suffix(300)) "
                    + process.complaints)
        }
        return status == 0
    }
}
