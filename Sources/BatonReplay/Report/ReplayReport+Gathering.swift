extension ReplayReport {
    init(_ data: LoadedDataSet, _ plain: PlainCount, _ options: ReplayOptions) {
        let journeys = data.journeys()
        let devices = journeys.flatMap(\.devices)
        self.data = Data(data, plain, people: journeys.count)
        switch options.connection {
        case .online: mode = Mode(name: "online", offline: nil, seed: options.seed)
        case .windows(let offline):
            mode = Mode(name: "offline", offline: offline, seed: options.seed)
        }
        self.devices = Devices(
            sdk: devices.count { $0.kind == .sdk }, thin: devices.count { $0.kind == .thin })
    }

    mutating func add(_ outcomes: [PersonOutcome]) {
        for outcome in outcomes { add(outcome) }
    }

    mutating func add(_ counts: NetworkTally.Counts) {
        network.requests = counts.requests
        network.unanswered = counts.unanswered
        for fault in NetworkFault.allCases {
            network.faults[fault.rawValue] = counts.faults[fault] ?? 0
        }
        events.duplicatesAbsorbed = counts.duplicates
    }

    private mutating func add(_ outcome: PersonOutcome) {
        let record = outcome.record
        let journal = outcome.journal
        devices.compared += outcome.compared
        devices.diverged += outcome.diverged.count
        Self.keep(outcome.diverged.map { "\(outcome.stream)/\($0)" }, in: &devices.divergedNames)
        devices.healed.merge(record.healed, uniquingKeysWith: +)
        devices.troubles.merge(record.troubles, uniquingKeysWith: +)
        events.due += record.due
        events.unchanging += record.unchanging
        events.deferred += record.deferred
        events.neverPossible += outcome.neverPossible
        events.written += record.written
        events.kept += journal.kept
        events.refused.merge(record.refused, uniquingKeysWith: +)
        events.refused.merge(journal.refused, uniquingKeysWith: +)
        events.refusedUnwritten += record.refused.values.reduce(0, +)
        events.lost += journal.lost.count
        Self.keep(journal.lost.map { "\(outcome.stream) \($0)" }, in: &events.lostDots)
        events.doubled += journal.doubled.count
        Self.keep(journal.doubled.map { "\(outcome.stream) \($0)" }, in: &events.doubledDots)
        events.openConflicts.merge(outcome.conflicts, uniquingKeysWith: +)
        network.restarts += record.restarts
        comparison.carts.add(outcome.comparison.carts)
        comparison.orders.add(outcome.comparison.orders)
        comparison.profiles.add(outcome.comparison.profiles)
        Self.keep(
            outcome.comparison.differences.map { "\(outcome.stream) \($0)" },
            in: &comparison.differences)
    }

    /// Keeps the first ones.
    private static func keep(_ words: [String], in list: inout [String]) {
        list += words.prefix(max(0, keptDetails - list.count))
    }
}

extension ReplayReport.Compared {
    fileprivate mutating func add(_ tally: EntityComparison.Tally) {
        compared += tally.compared
        different += tally.different
    }
}

extension ReplayReport.Data {
    fileprivate init(_ data: LoadedDataSet, _ plain: PlainCount, people: Int) {
        let report = data.report
        kind = data.kind.rawValue
        files = data.files.map {
            File(name: $0.name, role: $0.role.rawValue, content: $0.content)
        }
        rowsRead = report.rowsRead
        skipped = Dictionary(
            uniqueKeysWithValues: report.skipped.map { ($0.key.rawValue, $0.value) })
        problems = report.problems.map(\.description)
        let met = report.notes.merging(plain.notes, uniquingKeysWith: +)
        notes = met.sorted { $0.key.rawValue < $1.key.rawValue }.map { note, count in
            Note(
                name: note.rawValue, explanation: note.explanation, count: count,
                example: report.examples[note]?.description)
        }
        actions = data.actionCounts()
        unknownTypes = data.unknownTypeCounts()
        self.people = people
    }
}
