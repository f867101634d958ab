internal import BatonCore

extension SmallWalk {
    /// Holds the history to the definition, from each of its last events.
    mutating func check() {
        coverage.histories += 1
        coverage.deliveryOrders += orders[top.index]
        let definition = SmallDefinition(events: events)
        let everything = mask(top)
        definition.codes(in: everything, into: &expected)
        var first: (state: StreamState, bytes: String)?
        let lastReplicas = lastReplicas(of: top)
        for replica in lastReplicas {
            let last = event(replica, top[replica])
            let before = state(of: top.without(replica))
            let state = folded(last, onto: before)
            coverage.folds += 1
            compare(state, "the state after \(last.event.dot) came last")
            if first == nil || !scope.isLarge {
                // The same from what a snapshot would have brought.
                compare(
                    folded(last, onto: before.storedAgain),
                    "a snapshot and \(last.event.dot) after it")
                coverage.folds += 1
                checkAgain(last, state)
            }
            // Of one order alone there is nothing to compare them with.
            let bytes = lastReplicas.count > 1 ? state.canonicalJSON : ""
            if let first, first.bytes != bytes {
                report("after \(last.event.dot): \(bytes)\n    else: \(first.bytes)")
            }
            first = first ?? (state, bytes)
        }
        guard let (state, _) = first else { return }
        checkValues(state, definition, everything)
        guard let inspect else { return }
        let history = SmallHistory(
            schemas: alphabet.schemas, events: events.map { ($0.offset, $0.event) })
        if let problem = inspect(history, state) { report(problem) }
    }

    /// The state of a cut: from the table, or one step from it where the last event of a complete
    /// history is in it, for which the table is not filled.
    private func state(of cut: SmallCut) -> StreamState {
        guard let newest = events.last, cut.contains(newest), isComplete else {
            return states[cut.index]
        }
        return folded(newest, onto: states[cut.without(newest.replica).index])
    }

    private var isComplete: Bool { events.count == scope.replicas * scope.operations }

    private mutating func compare(_ state: StreamState, _ what: String) {
        SmallCode.codes(of: state, in: alphabet, into: &found)
        guard found != expected else { return }
        func hexadecimal(_ codes: [UInt64]) -> String {
            codes.map { String($0 >> 8, radix: 16) }.joined(separator: " ")
        }
        report(
            "\(what) has the live writes [\(hexadecimal(found))], by definition "
                + "[\(hexadecimal(expected))]: \(state.canonicalJSON)")
    }

    /// An event that comes again changes nothing, and the vector is what was folded.
    private mutating func checkAgain(_ last: SmallEvent, _ state: StreamState) {
        var again = state
        let outcome = again.apply(
            .event(last.event), at: last.offset, schemas: alphabet.schemas)
        if outcome != .alreadyApplied || !scope.isLarge && again != state {
            report("\(last.event.dot) came again and changed the state to \(again.canonicalJSON)")
        }
        for replica in 0..<scope.replicas
        where state.vector[id(replica)].rawValue != UInt64(top[replica]) {
            report("the vector counts \(state.vector[id(replica)]) events of \(id(replica))")
        }
    }

    private mutating func checkValues(
        _ state: StreamState, _ definition: SmallDefinition, _ everything: UInt16
    ) {
        for (rule, number) in alphabet.readings {
            let place = alphabet.places[number]
            var node = state.entities[alphabet.entity]?.root
            for part in place.path {
                guard case .branch(let children)? = node else {
                    node = nil
                    break
                }
                node = children[part]
            }
            let shown = node?.value(rule: rule)
            let right = definition.value(in: everything, slot: place.slot, rule: rule)
            guard shown != right else { continue }
            report(
                "a \(rule.name) shows \(shown?.canonicalJSON ?? "nothing"), by definition "
                    + "\(right?.canonicalJSON ?? "nothing"): \(state.canonicalJSON)")
        }
    }

    private mutating func report(_ problem: String) {
        if let finding, finding.events <= events.count { return }
        finding = SmallWorldFinding(
            events: events.count, problem: problem, history: events.map(described))
    }

    private func described(_ event: SmallEvent) -> String {
        let seen = (0..<scope.replicas).filter { event.view[$0] > 0 }
            .map { "\($0 + 1):1-\(event.view[$0])" }.joined(separator: " ")
        let keeps = event.things.filter { $0.origin != nil }.count
        return "\(event.replica + 1):\(event.counter) \(alphabet.letters[event.letter].name)"
            + (keeps > 0 ? ", \(keeps) kept" : "") + ", at \(event.event.timestamp)"
            + (seen.isEmpty ? ", having seen nothing" : ", having seen \(seen)")
    }
}

extension SmallCut {
    fileprivate func contains(_ event: SmallEvent) -> Bool { event.counter <= self[event.replica] }
}
