import BatonCore
import BatonSync
import BatonWire

extension PersonReplay {
    /// Rounds after which devices that still have news for each other are given up.
    private static let mostRounds = 50

    /// Ends all faults, brings all devices online, lets everybody sync until nobody has news, and
    /// holds what they have against each other, against the log, and against `plain`.
    ///
    /// Every device opens its store anew in each round, so what is compared is what is on disk.
    func settle(against plain: PlainPerson) async throws(ReplayFailure) -> PersonOutcome {
        defer { removeStores() }
        guard record.due > 0 else { return PersonOutcome(stream: journey.stream) }
        for device in journey.devices where device.kind == .sdk { _ = try sdkDevice(device) }
        var standings: [DeviceStanding] = []
        for round in 1...Self.mostRounds {
            let (isQuiet, now) = try await syncAround()
            standings = now
            let isDone = try await !takeWaiting() && isQuiet
            for device in devices.values { try await device.close() }
            if isDone { break }
            if round == Self.mostRounds {
                record.troubles["devices still had news after \(round) rounds", default: 0] += 1
            }
        }
        return try await compare(standings, plain)
    }

    /// Every device syncs once. Quiet if none had anything to push: then all have the same log.
    private func syncAround() async throws(ReplayFailure) -> (Bool, [DeviceStanding]) {
        var isQuiet = true
        var standings: [DeviceStanding] = []
        for known in journey.devices where known.kind == .sdk {
            if Task.isCancelled { throw ReplayFailure(.cancelled, "the replay was stopped") }
            let device = try sdkDevice(known)
            device.transport.heal()
            let report = try await syncPatiently(device)
            record.note(report)
            if report.accepted + report.duplicates + report.refused > 0 { isQuiet = false }
            standings.append(try await device.standing())
            try await device.close()
        }
        return (isQuiet, standings)
    }

    private func compare(
        _ standings: [DeviceStanding], _ plain: PlainPerson
    ) async throws(ReplayFailure) -> PersonOutcome {
        let log = StreamLog(
            stream: journey.stream, network: world.network, token: world.token,
            patience: world.patience)
        let entries = try await log.entries()
        var state = StreamState()
        for (offset, entry) in entries {
            state.apply(entry, at: offset, schemas: BuiltinSchemas.all)
        }
        let hash = StateHash(of: state).description
        var outcome = PersonOutcome(stream: journey.stream)
        for device in devices.values {
            record.troubles.merge(device.troubles, uniquingKeysWith: +)
        }
        outcome.record = record
        outcome.neverPossible = neverPossible
        outcome.journal = JournalCheck(
            written: devices.values.flatMap(\.written) + record.thinDots,
            log: entries.lazy.map(\.entry))
        outcome.compared = standings.count
        outcome.diverged = standings.filter {
            $0.pending > 0 || StateHash(of: $0.confirmed).description != hash
        }.map(\.name)
        let snapshot = try await log.snapshotHash()
        if !entries.isEmpty, snapshot != hash { outcome.diverged.append("(the server's snapshot)") }
        if !Self.isDense(entries.map(\.offset)) { outcome.diverged.append("(the log's offsets)") }
        for conflict in state.conflicts(schemas: BuiltinSchemas.all) {
            outcome.conflicts[conflict.rule, default: 0] += 1
        }
        outcome.comparison = EntityComparison(state, plain)
        return outcome
    }

    private static func isDense(_ offsets: [Offset]) -> Bool {
        offsets.enumerated().allSatisfy { $1.rawValue == UInt64($0 + 1) }
    }
}

/// What settling one person's devices showed.
struct PersonOutcome: Sendable {
    let stream: StreamID
    var record = PersonRecord()
    var journal = JournalCheck(written: [], log: [])
    /// Devices whose state was held against the others'.
    var compared = 0
    /// Who has another state than the log makes.
    var diverged: [String] = []
    /// Open conflicts, by the rule that decided.
    var conflicts: [String: Int] = [:]
    var comparison = EntityComparison()
    var neverPossible = 0

    init(stream: StreamID) { self.stream = stream }
}
