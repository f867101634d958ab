import BatonCore

/// An event with its place in the log; offset 0 where it has none.
struct ReferenceEvent {
    let event: Event
    let offset: UInt64

    var dot: Dot { event.dot }

    /// Section 3.4: whether the context covers the dot that stands in the log at an offset.
    func covers(_ other: Dot, at place: UInt64) -> Bool {
        let context = event.context
        if place > 0 && place <= context.seen.rawValue { return true }
        if other.replica == dot.replica && other.counter <= context.own { return true }
        return context.beyond.sorted.contains {
            $0.replica == other.replica && other.counter <= $0.counter
        }
    }
}
