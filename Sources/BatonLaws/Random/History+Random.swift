internal import BatonCore

extension History {
    /// Draws schemas, and what two to four devices did under them: they write with what they have
    /// seen or on an older view, pull all or a part, take each other's events by the side, push a
    /// part and lose the answer; some events are refused for good.
    package init(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let schemas = RandomSchemas(&random).schemas
        var drawing = Drawing(schemas, random)
        for step in 0..<(4 + drawing.random.below(18)) { try drawing.step(step) }
        drawing.finish()
        self.init(seed: seed, schemas: schemas, log: drawing.log)
    }
}

private struct Drawing {
    var random: SplitMix64
    var log = SampleLog()
    private let schemas: SchemaSet
    private let operations: RandomOperations
    private var devices: [SampleDevice]

    init(_ schemas: SchemaSet, _ random: SplitMix64) {
        self.schemas = schemas
        self.random = random
        operations = RandomOperations(schemas)
        devices = (1...UInt64(2 + self.random.below(3))).map { SampleDevice($0, schemas) }
    }

    mutating func step(_ step: Int) throws {
        let index = random.below(devices.count)
        switch random.below(20) {
        case 0..<11:
            // Clocks that disagree, and tell equal times at times.
            let wall = 1_700_000_000_000 + Int64(step + index * random.below(8)) / 3 * 1_000
            try write(index, at: wall)
        case 11: devices[index].pull(from: log, upTo: random.below(log.entries.count + 1))
        case 12, 13: devices[index].pull(from: log)
        case 14: devices[index].take(from: devices[random.below(devices.count)])
        case 15: push(index, limit: 1 + random.below(2), isAnswered: random.chance(50))
        case 16: push(index)
        default:
            push(index)
            devices[index].pull(from: log)
        }
    }

    private mutating func write(_ index: Int, at wall: Int64) throws {
        var drawn: [FieldOperation] = []
        for _ in 0...random.below(3) { drawn.append(try operations.next(&random)) }
        let device = devices[index]
        if random.chance(80) {
            try devices[index].write(at: wall, keeping: random.chance(93), drawn)
            return
        }
        // What a screen showed that was open before, or a thin client's own view.
        let all = device.context
        let context = Context(
            replica: device.replica,
            own: Counter(rawValue: UInt64(random.below(Int(all.own.rawValue) + 1))),
            seen: Offset(rawValue: UInt64(random.below(Int(all.seen.rawValue) + 1))),
            beyond: random.chance(50) ? all.beyond : VersionVector())
        let view = log.view(
            under: context, pending: device.own.map(\.event) + device.shared, schemas)
        // Some as an adoption writes them: beside what lives.
        let keeps =
            random.chance(30)
            ? view.adoptionKeeps(for: drawn, schemas: schemas)
            : view.keeps(for: drawn, schemas: schemas)
        try devices[index].write(at: wall, having: context, drawn + keeps)
    }

    private mutating func push(_ index: Int, limit: Int = .max, isAnswered: Bool = true) {
        let refused = Int.random(in: 0..<12, using: &random)
        devices[index].push(to: &log, limit: limit, isAnswered: isAnswered) { event in
            event.dot.counter.rawValue % 12 == refused
                ? Refusal(.notPermitted, "for the law's sake") : nil
        }
    }

    /// Everything that was written comes into the log.
    mutating func finish() {
        for _ in devices {
            for index in devices.indices { devices[index].push(to: &log) }
        }
    }
}
