internal import BatonCore

extension SmallWalk {
    /// The event that `replica` writes next, having seen `view`.
    func event(
        _ replica: Int, _ view: SmallCut, _ causes: SmallCut, _ number: Int
    ) -> SmallEvent {
        let counter = top[replica] + 1
        let letter = alphabet.letters[number]
        let seen = mask(view)
        var operations = letter.operations(counter)
        var things = letter.puts(counter)
        let takes = letter.takes(counter)
        if alphabet.keeps {
            operations += states[view.index].keeps(for: operations, schemas: alphabet.schemas)
            things += keeps(besides: things, takes, seen)
        }
        let dot = Dot(id(replica), Counter(rawValue: UInt64(counter)))
        return SmallEvent(
            replica: replica, counter: counter, view: view, causes: causes, letter: number,
            event: Event(
                dot: dot,
                context: isBroken
                    ? context(replica, top, mask(top)) : context(replica, view, seen),
                timestamp: Timestamp(milliseconds: time(replica, causes)), channel: channel,
                operations: operations),
            offset: scope.saying == .offsets ? Offset(rawValue: UInt64(events.count + 1)) : .start,
            things: things, takes: takes, seen: seen)
    }

    /// By definition: who edits an entry and neither writes nor removes its title says it again.
    private func keeps(
        besides things: [SmallThing], _ takes: UInt32, _ seen: UInt16
    ) -> [SmallThing] {
        let title = SmallAlphabet.title
        guard !things.isEmpty, takes >> UInt32(title) & 1 == 0 else { return [] }
        return SmallDefinition(events: events).visible(in: seen, slot: title).map {
            SmallThing(slot: title, value: $0.thing.value, origin: $0.thing.origin ?? $0.event)
        }
    }

    /// The events of a cut, as bits by their places.
    func mask(_ cut: SmallCut) -> UInt16 {
        var mask: UInt16 = 0
        for (index, event) in events.enumerated() where event.counter <= cut[event.replica] {
            mask |= 1 << UInt16(index)
        }
        return mask
    }

    func id(_ replica: Int) -> ReplicaID { ReplicaID(high: 0, low: UInt64(replica + 1)) }

    private func context(_ replica: Int, _ view: SmallCut, _ mask: UInt16) -> Context {
        // The log as far as the writer had seen all of it.
        let seen = scope.saying == .offsets ? (~mask).trailingZeroBitCount : 0
        var beyond: [ReplicaID: Counter] = [:]
        for (index, event) in events.enumerated()
        where index >= seen && mask >> UInt16(index) & 1 == 1 && event.replica != replica {
            beyond[id(event.replica)] = Counter(rawValue: UInt64(view[event.replica]))
        }
        return Context(
            replica: id(replica), own: Counter(rawValue: UInt64(view[replica])),
            seen: Offset(rawValue: UInt64(seen)), beyond: VersionVector(beyond))
    }

    /// After all that came before, as a hybrid clock reads. By vectors, concurrent events tend to
    /// have equal times, and names decide; by offsets the wall clocks are apart.
    private func time(_ replica: Int, _ causes: SmallCut) -> Int64 {
        let latest = (0..<scope.replicas).map { other in
            causes[other] == 0 ? 0 : event(other, causes[other]).event.timestamp.milliseconds
        }.max()
        let wall: Int64 = scope.saying == .offsets ? [1030, 1000, 1015][replica] : 1000
        return max((latest ?? 0) + 1, wall)
    }

    // MARK: Names

    /// Whether no other naming of the replicas, that the walk comes by as well, gives a lesser
    /// history than this one with the new event at its end.
    func isLeastNaming(_ replica: Int, _ view: SmallCut, _ causes: SmallCut) -> Bool {
        let size = scope.operations
        var views = [SmallCut](repeating: .none, count: 9)
        var needs = views
        for event in events {
            views[event.replica * 3 + event.counter - 1] = event.view
            needs[event.replica * 3 + event.counter - 1] = event.causes
        }
        views[replica * 3 + top[replica]] = view
        needs[replica * 3 + top[replica]] = causes
        let namings: [[Int]] =
            scope.replicas == 3
            ? [[0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]]
            : scope.replicas == 2 ? [[1, 0]] : []
        return namings.allSatisfy { naming in
            for name in 0..<scope.replicas {
                for counter in 0..<size {
                    let mine = views[name * 3 + counter]
                    let theirs = views[naming[name] * 3 + counter]
                    for other in 0..<scope.replicas where mine[other] != theirs[naming[other]] {
                        return mine[other] < theirs[naming[other]]
                            || !beginsInOrder(needs, naming)
                    }
                }
            }
            return true
        }
    }

    /// Whether the replicas of a complete history, so named, begin in the order of their names in
    /// the least of its orders.
    private func beginsInOrder(_ needs: [SmallCut], _ naming: [Int]) -> Bool {
        var done = SmallCut.none
        var begun = 0
        while done.count < scope.replicas * scope.operations {
            let next = (0..<scope.replicas).first { name in
                let replica = naming[name]
                guard done[replica] < scope.operations else { return false }
                var before = needs[replica * 3 + done[replica]]
                before[replica] = done[replica]
                return done.contains(before)
            }
            guard let next else { return false }
            if done[naming[next]] == 0 {
                if next != begun { return false }
                begun += 1
            }
            done[naming[next]] += 1
        }
        return true
    }
}
