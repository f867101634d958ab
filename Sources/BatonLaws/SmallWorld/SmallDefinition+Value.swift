internal import BatonCore

extension SmallDefinition {
    /// What a leaf shows, by the words of sections 5.2 to 5.7; `nil` where nothing does.
    func value(in mask: UInt16, slot: Int, rule: Rule) -> Value? {
        switch rule {
        case .register(_, let pick): return register(visible(in: mask, slot: slot), pick)
        case .count(let count):
            let bases = live(in: mask, slot: slot)
            let increments = live(in: mask, slot: slot + 1)
            guard !bases.isEmpty || !increments.isEmpty else { return nil }
            var base: Live?
            for one in bases {
                let isBetter: Bool
                switch (base, count.base) {
                case (nil, _): isBetter = true
                case (let old?, .max): isBetter = one.thing.value > old.thing.value
                case (let old?, .min): isBetter = one.thing.value < old.thing.value
                case (let old?, .latest): isBetter = isLater(one, old)
                }
                if isBetter { base = one }
            }
            let sum = increments.reduce(base?.thing.value ?? 0) { $0 + $1.thing.value }
            return .integer(max(Int64(sum), count.floor ?? .min))
        case .set:
            let elements = Set((0...1).flatMap { live(in: mask, slot: $0) }.map(\.thing.value))
            return elements.isEmpty ? nil : .list(elements.sorted().map { .integer(Int64($0)) })
        case .workflow(let workflow):
            // The alphabet's states stand in the list by their letters.
            let winner = visible(in: mask, slot: slot).max { $0.thing.value < $1.thing.value }
            return winner.flatMap { winner in
                workflow.precedence.first { Int($0.string.utf8.first ?? 0) == winner.thing.value }
                    .map(Value.text)
            }
        case .log:
            let facts = live(in: mask, slot: slot).enumerated().sorted { left, right in
                left.element.event == right.element.event
                    ? left.offset < right.offset : isLater(right.element, left.element)
            }
            return facts.isEmpty
                ? nil : .list(facts.map { .integer(Int64($0.element.thing.value)) })
        case .map, .record: return nil
        }
    }

    private func register(_ visible: [Live], _ pick: Pick) -> Value? {
        let written = visible.filter { $0.thing.value != 0 }
        let values = written.map(\.thing.value)
        let picked: Int?
        switch pick {
        case .latest:
            let latest = visible.max { isLater($1, $0) }
            picked = latest.flatMap { $0.thing.value == 0 ? nil : $0.thing.value }
        case .max: picked = values.max()
        case .min: picked = values.min()
        case .strictest(let order):
            picked = values.min {
                (order.firstIndex(of: .integer(Int64($0))) ?? order.count)
                    < (order.firstIndex(of: .integer(Int64($1))) ?? order.count)
            }
        case .all:
            let all = Set(values).sorted().map { Value.integer(Int64($0)) }
            return all.isEmpty ? nil : .list(all)
        }
        return picked.map { .integer(Int64($0)) }
    }

    /// By timestamp, then replica, then counter; of a keep, those of the write it keeps.
    private func isLater(_ left: Live, _ right: Live) -> Bool {
        func place(_ one: Live) -> (Timestamp, Int) {
            let written = events[one.thing.origin ?? one.event]
            return (
                min(written.event.timestamp, events[one.event].event.timestamp), written.code
            )
        }
        return place(left) > place(right)
    }
}
