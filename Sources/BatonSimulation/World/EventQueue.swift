/// What is to happen, in the order of (time, order of planning): a binary heap.
struct EventQueue<Happening> {
    private struct Item {
        let time: Int64
        let number: Int
        let happening: Happening

        func isBefore(_ other: Item) -> Bool {
            time != other.time ? time < other.time : number < other.number
        }
    }

    private var items: [Item] = []
    private var planned = 0

    /// The time of what comes next.
    var nextTime: Int64? { items.first?.time }

    /// Plans something. O(log n).
    mutating func plan(_ happening: Happening, at time: Int64) {
        items.append(Item(time: time, number: planned, happening: happening))
        planned += 1
        var child = items.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard items[child].isBefore(items[parent]) else { break }
            items.swapAt(child, parent)
            child = parent
        }
    }

    /// Takes what comes next. O(log n).
    mutating func next() -> (time: Int64, happening: Happening)? {
        guard let first = items.first, let last = items.popLast() else { return nil }
        if !items.isEmpty {
            items[0] = last
            var parent = 0
            while true {
                var least = parent
                for child in [2 * parent + 1, 2 * parent + 2]
                where child < items.count && items[child].isBefore(items[least]) {
                    least = child
                }
                guard least != parent else { break }
                items.swapAt(parent, least)
                parent = least
            }
        }
        return (first.time, first.happening)
    }
}
