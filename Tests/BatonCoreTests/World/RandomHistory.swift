import BatonCore

/// What several devices did, drawn from a seed: they write, push, and pull all or a part.
struct RandomHistory {
    let seed: UInt64
    let log: TestLog
    var schemas: SchemaSet { TestSchemas.everything }

    init(seed: UInt64) throws {
        self.seed = seed
        var random = SplitMix64(seed: seed)
        var log = TestLog()
        var devices = (1...UInt64(2 + random.below(3))).map {
            TestDevice($0, TestSchemas.everything)
        }
        let start: Int64 = 1_700_000_000_000
        for step in 0..<(8 + random.below(28)) {
            let index = random.below(devices.count)
            switch random.below(10) {
            case 0..<6:
                // Clocks that disagree by seconds, so that time and causality differ.
                let wall = start + Int64(step) * 100 + Int64(index) * 700 - Int64(random.below(900))
                var drawn: [FieldOperation] = []
                for _ in 0...random.below(3) { drawn.append(try Self.operation(&random)) }
                try devices[index].write(at: wall, keeping: random.chance(90), drawn)
            case 6: devices[index].pull(from: log, upTo: random.below(log.entries.count + 1))
            case 7: devices[index].pull(from: log)
            default: devices[index].sync(with: &log)
            }
        }
        for index in devices.indices { devices[index].push(to: &log) }
        self.log = log
    }

    /// The history in words, for a failure.
    var trace: String {
        var lines = ["seed \(seed)"]
        for (offset, entry) in log.entries(after: .start) {
            guard case .event(let event) = entry else { continue }
            let context = "seen \(event.context.seen) own \(event.context.own)"
            lines.append("\(offset) \(event.dot) at \(event.timestamp) \(context)")
            lines += event.operations.map { "    \($0.entity)\($0.path) \($0.action)" }
        }
        return lines.joined(separator: "\n")
    }

    // Two keys that Swift's own strings hold to be equal, and two whose order by UTF-16 is not
    // that by code point.
    private static let keys = [
        "a", "a", "a", "a", "b", "\u{E9}", "e\u{301}", "\u{FFFD}", "\u{10000}",
    ]

    private static func operation(_ random: inout SplitMix64) throws -> FieldOperation {
        let entity = random.chance(95) ? "thing/x" : "thing/y"
        let letter = random.pick(["a", "b", "c"])
        let number = Int64(random.below(9))
        let key = random.pick(keys)
        let line = "/lines/\(key)"
        let move = random.pick(TestSchemas.stages.moves)
        let (path, action): (String, Action)
        switch random.below(36) {
        case 0: (path, action) = ("/latest", .set(letter))
        case 1: (path, action) = ("/latest", .clear)
        case 2:
            let amount = Money(number + 8, random.pick(["EUR", "CHF"])).value
            (path, action) = ("/highest", .set(amount))
        case 3: (path, action) = ("/lowest", random.chance(80) ? .set(number) : .clear)
        case 4: (path, action) = ("/strictest", random.chance(80) ? .set(letter) : .clear)
        case 5: (path, action) = ("/all", random.chance(80) ? .set(letter) : .clear)
        case 6: (path, action) = ("/most", .set(number))
        case 7: (path, action) = ("/most", .add(number - 4))
        case 8: (path, action) = ("/most", .clear)
        case 9: (path, action) = ("/least", random.chance(50) ? .set(number) : .add(1))
        case 10: (path, action) = ("/recent", random.chance(50) ? .set(number) : .add(1))
        case 11: (path, action) = ("/tags", .add(letter))
        case 12: (path, action) = ("/tags", .remove(letter))
        case 13: (path, action) = ("/tags", .clear)
        case 14: (path, action) = ("/stage", .move(from: move.from, to: move.to))
        case 15: (path, action) = ("/facts", .append(.string(letter)))
        case 16: (path, action) = ("/names/\(key)", random.chance(80) ? .set(letter) : .clear)
        case 17: (path, action) = ("/names", .remove(key))
        case 18: (path, action) = ("/counts/\(key)", random.chance(50) ? .set(number) : .add(1))
        case 19: (path, action) = ("/counts", .remove(key))
        case 20: (path, action) = ("/sets/\(key)", .add(letter))
        case 21: (path, action) = ("/sets", .remove(key))
        case 22, 23: (path, action) = ("\(line)/title", .set(letter))
        case 24: (path, action) = ("\(line)/peak", .set(number))
        case 25, 26: (path, action) = ("\(line)/quantity", .add(number))
        case 27: (path, action) = ("\(line)/marks", random.chance(70) ? .add(letter) : .clear)
        case 28: (path, action) = ("\(line)/stage", .move(from: move.from, to: move.to))
        case 29: (path, action) = ("\(line)/attributes/\(letter)", .set(letter))
        case 30: (path, action) = ("\(line)/attributes", .remove(letter))
        case 31: (path, action) = ("\(line)/parts/\(letter)/title", .set(letter))
        case 32: (path, action) = ("\(line)/parts", random.chance(50) ? .remove(letter) : .clear)
        case 33: (path, action) = ("/lines", random.chance(80) ? .remove(key) : .clear)
        case 34: (path, action) = (random.chance(50) ? "/gift" : "\(line)/gift", .set(letter))
        default:
            (path, action) = ("\(line)/title", .clear)
        }
        return try change(entity, path, action)
    }
}
