internal import BatonCore

/// A walk through all histories of a scope, depth first: one event more at each step.
///
/// A history is the set of its events with their contexts; each is built once, in the least of its
/// linear extensions (by replica, step by step). Every part of it that holds all of its causes is
/// a history too, with a step of its own. So at a history it is enough to fold each of its last
/// events onto the state before it, and to hold the results to the definition: by induction, all
/// orders of delivery give that state. The state before is at hand for all such parts, in a table
/// of at most 4 × 4 × 4.
struct SmallWalk {
    let alphabet: SmallAlphabet
    let scope: SmallScope
    let channel: ChannelName
    /// The letters that events have, by their places in the alphabet.
    let letters: [Int]
    /// Which share of the walk this is, of how many.
    let share: Int
    let shares: Int
    /// Whether each event says that its writer had seen everything, which the definition does not
    /// believe: so that a finding can be seen.
    let isBroken: Bool
    /// Looks at a history as well, and says what is wrong with its state.
    let inspect: SmallWorld.Inspection?

    var events: [SmallEvent] = []
    var top = SmallCut.none
    /// By cut: the state of the events in it, the orders in which they can be delivered.
    var states = [StreamState](repeating: StreamState(), count: 64)
    var orders = [UInt64](repeating: 0, count: 64)
    /// By replica and counter: the event's place in the history.
    var places = [Int](repeating: 0, count: 9)
    var visited = 0
    var coverage: SmallWorldReport.Coverage
    var finding: SmallWorldFinding?
    // Kept, so that their room is used again.
    var expected: [UInt64] = []
    var found: [UInt64] = []

    init(
        _ alphabet: SmallAlphabet, _ scope: SmallScope, share: Int, of shares: Int,
        isBroken: Bool = false, inspect: SmallWorld.Inspection?
    ) throws(InvalidName) {
        self.alphabet = alphabet
        self.scope = scope
        switch scope.letters {
        case .all: letters = Array(alphabet.letters.indices)
        case .pair(let first, let second): letters = [first, second]
        }
        self.share = share
        self.shares = shares
        self.isBroken = isBroken
        self.inspect = inspect
        channel = try ChannelName("app")
        coverage = SmallWorldReport.Coverage(scope: scope)
        orders[0] = 1
    }

    /// How deep the walk is shared out: each share walks to here, and on from every so-many-th.
    private static let sharedDepth = 4

    /// Walks on from the history as it stands.
    mutating func walk() {
        for replica in 0..<scope.replicas where top[replica] < scope.operations {
            // Replicas differ in name alone: they begin in the order of their names.
            if replica > 0 && top[replica - 1] == 0 { continue }
            for view in views(of: replica) {
                let causes = causes(of: view, replica)
                guard isLeastOrder(replica, causes) else { continue }
                var complete = top
                complete[replica] += 1
                if complete.count == scope.replicas * scope.operations {
                    guard isLeastNaming(replica, view, causes) else { continue }
                }
                step(replica, view, causes)
            }
        }
    }

    /// Each thing that the event may do, and what follows.
    private mutating func step(_ replica: Int, _ view: SmallCut, _ causes: SmallCut) {
        if events.count + 1 == Self.sharedDepth {
            visited += 1
            if visited % shares != share { return }
        }
        for letter in letters {
            // A shorter finding than the one at hand is worth looking for; no other.
            if let finding, events.count + 1 >= finding.events { return }
            push(event(replica, view, causes, letter))
            if events.count >= Self.sharedDepth || share == 0 { check() }
            walk()
            pop()
        }
    }

    /// What an event of `replica` may have seen of the history.
    private func views(of replica: Int) -> [SmallCut] {
        var views: [SmallCut] = []
        var least = SmallCut.none
        if scope.views == .causal {
            if top[replica] > 0 { least = event(replica, top[replica]).view }
            least[replica] = top[replica]
        }
        SmallCut.each(from: least, to: top) { view in
            if scope.views == .any || isIdeal(view) { views.append(view) }
        }
        return views
    }

    func event(_ replica: Int, _ counter: Int) -> SmallEvent {
        events[places[replica * 3 + counter - 1]]
    }

    /// Whether a cut holds the causes of all that it holds.
    func isIdeal(_ cut: SmallCut) -> Bool {
        (0..<scope.replicas).allSatisfy {
            cut[$0] == 0 || cut.contains(event($0, cut[$0]).causes)
        }
    }

    private func causes(of view: SmallCut, _ replica: Int) -> SmallCut {
        var causes = view
        causes[replica] = max(causes[replica], top[replica])
        for other in 0..<scope.replicas where causes[other] > 0 {
            causes = causes.joined(event(other, causes[other]).causes)
        }
        return causes
    }

    /// Whether the history with the new event at its end is the least of its orders: since the last
    /// cause of that event there is none of a replica with a greater name.
    private func isLeastOrder(_ replica: Int, _ causes: SmallCut) -> Bool {
        for event in events.reversed() {
            if event.counter <= causes[event.replica] { return true }
            if event.replica > replica { return false }
        }
        return true
    }

    private mutating func push(_ event: SmallEvent) {
        places[event.replica * 3 + event.counter - 1] = events.count
        events.append(event)
        top[event.replica] += 1
        let isLast = events.count == scope.replicas * scope.operations
        var least = event.causes
        least[event.replica] = event.counter
        SmallCut.each(from: least, to: top) { cut in
            guard isIdeal(cut) else { return }
            orders[cut.index] = lastReplicas(of: cut)
                .reduce(0) { $0 + orders[cut.without($1).index] }
            if !isLast {
                states[cut.index] = folded(event, onto: states[cut.without(event.replica).index])
            }
        }
    }

    private mutating func pop() {
        guard let event = events.popLast() else { return }
        top[event.replica] -= 1
    }

    /// The replicas whose last event in a cut is no cause of another one there.
    func lastReplicas(of cut: SmallCut) -> [Int] {
        (0..<scope.replicas).filter { replica in
            cut[replica] > 0
                && (0..<scope.replicas).allSatisfy {
                    $0 == replica || cut[$0] == 0
                        || event($0, cut[$0]).causes[replica] < cut[replica]
                }
        }
    }

    func folded(_ event: SmallEvent, onto state: StreamState) -> StreamState {
        var next = state
        next.apply(.event(event.event), at: event.offset, schemas: alphabet.schemas)
        return next
    }
}
