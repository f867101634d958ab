internal import BatonCore

/// How many events of each replica are in an ideal: a set of events that holds the causes of all
/// that it holds.
struct SmallCut: Hashable {
    var first: Int
    var second: Int
    var third: Int

    subscript(replica: Int) -> Int {
        get { replica == 0 ? first : replica == 1 ? second : third }
        set {
            switch replica {
            case 0: first = newValue
            case 1: second = newValue
            default: third = newValue
            }
        }
    }

    static let none = SmallCut(first: 0, second: 0, third: 0)

    /// Its place in a table of all 64.
    var index: Int { first << 4 | second << 2 | third }

    var count: Int { first + second + third }

    func contains(_ other: SmallCut) -> Bool {
        first >= other.first && second >= other.second && third >= other.third
    }

    func joined(_ other: SmallCut) -> SmallCut {
        SmallCut(
            first: max(first, other.first), second: max(second, other.second),
            third: max(third, other.third))
    }

    /// This cut with one event of a replica less.
    func without(_ replica: Int) -> SmallCut {
        var less = self
        less[replica] -= 1
        return less
    }

    /// All cuts from `least` to `greatest`, the smaller ones before those that contain them.
    static func each(
        from least: SmallCut, to greatest: SmallCut, _ body: (SmallCut) throws -> Void
    ) rethrows {
        guard greatest.contains(least) else { return }
        for first in least.first...greatest.first {
            for second in least.second...greatest.second {
                for third in least.third...greatest.third {
                    try body(SmallCut(first: first, second: second, third: third))
                }
            }
        }
    }
}

/// An event of a history in a small world.
struct SmallEvent {
    let replica: Int
    /// From 1.
    let counter: Int
    /// What its context says: of each replica, how many events.
    let view: SmallCut
    /// What must have been folded before it: its view, its replica's earlier events, and theirs.
    let causes: SmallCut
    let letter: Int
    /// The event as the merge gets it.
    let event: Event
    /// Its place in the log; ``Offset/start`` where contexts are said by vectors.
    let offset: Offset
    /// What it puts, its keeps included.
    let things: [SmallThing]
    /// From which slots it takes what its writer had seen.
    let takes: UInt32
    /// The events, as bits by their place in the history, that its context covers.
    let seen: UInt16

    /// The event's own number in a code of a live write: replica and counter.
    var code: Int { (replica + 1) << 4 | counter }
}
