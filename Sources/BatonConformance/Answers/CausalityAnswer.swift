import BatonCore

/// Cases of clocks, contexts and version vectors.
enum CausalityAnswer {
    static func covers(_ given: Given) throws(UnreadableCase) -> [ExactText: Value] {
        let context = try given.member("event").event().context
        var covers: [Value] = []
        for question in try given.member("questions").list() {
            let parts = try question.list(of: 3)
            let dot = Dot(try parts[0].replica(), Counter(rawValue: try parts[1].number()))
            covers.append(
                .boolean(context.covers(dot, at: Offset(rawValue: try parts[2].number()))))
        }
        return ["covers": .list(covers)]
    }

    static func order(_ given: Given) throws(UnreadableCase) -> [ExactText: Value] {
        var orders: [Value] = []
        for pair in try given.member("pairs").list() {
            let vectors = try pair.list(of: 2)
            let order = try vector(vectors[0]).order(to: vector(vectors[1]))
            orders.append(.string("\(order)"))
        }
        return ["orders": .list(orders)]
    }

    private static func vector(_ given: Given) throws(UnreadableCase) -> VersionVector {
        var counters: [ReplicaID: Counter] = [:]
        for (name, counter) in try given.members() {
            guard let replica = ReplicaID(name) else { throw counter.failure("no replica id") }
            counters[replica] = Counter(rawValue: try counter.number())
        }
        return VersionVector(counters)
    }

    static func clock(_ given: Given) throws(UnreadableCase) -> [ExactText: Value] {
        var clock = HybridClock()
        var readings: [Value] = []
        for step in try given.member("steps").list() {
            if let wall = step.optional("read") {
                let reading = clock.read(wall: try wall.integer())
                readings.append(
                    .list([.integer(reading.milliseconds), .integer(Int64(reading.tick))]))
                continue
            }
            let observation = clock.observe(
                try step.member("observe").timestamp(), wall: try step.member("wall").integer())
            readings.append(observation == .accepted ? "accepted" : "refused")
        }
        return ["readings": .list(readings)]
    }
}
