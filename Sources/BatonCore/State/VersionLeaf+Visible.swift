extension VersionLeaf {
    /// The writes that count: one for each origin, without those that another live write's author
    /// had seen and not kept. In the order of their origins.
    ///
    /// O(n log n) in the live writes and in the entries of their authors' vectors, however many pile up:
    /// whoever says to have seen nothing takes nobody's place.
    public var visible: [Version] {
        switch versions.count {
        case 0, 1: return versions
        case 2...Self.few: return visibleOfFew
        default: return visibleOfMany
        }
    }

    /// Up to so many live writes each is held against each: that is faster than to sort them.
    static let few = 8

    /// The definition as it stands. O(n²), and with many keeps O(n³).
    private var visibleOfFew: [Version] {
        var visible: [Version] = []
        for (index, version) in versions.enumerated() {
            let origin = version.originDot
            guard !versions[..<index].contains(where: { $0.originDot == origin }) else { continue }
            var write = Write(version)
            for other in versions[(index + 1)...] where other.originDot == origin {
                write.add(other)
            }
            if !isSuperseded(write) { visible.append(write.version) }
        }
        visible.sort { $0.originDot < $1.originDot }
        return visible
    }

    private func isSuperseded(_ write: Write) -> Bool {
        let origin = write.version.originDot
        return versions.contains { author in
            author.stamp.context.covers(origin, at: write.offset)
                && !versions.contains {
                    $0.stamp.dot == author.stamp.dot && $0.originDot == origin
                }
        }
    }

    /// The same by counting: a write is superseded when more authors had seen it than say that it is
    /// still there.
    private var visibleOfMany: [Version] {
        // The writes one after the other, each with its supports, these by their authors.
        let supports = versions.indices.map {
            Support(origin: versions[$0].originDot, author: versions[$0].stamp.dot, index: $0)
        }
        .sorted()
        let reach = AuthorReach(
            of: versions, origins: Set(supports.map(\.origin.replica)))
        var visible: [Version] = []
        var start = 0
        while start < supports.count {
            var end = start + 1
            while end < supports.count, supports[end].origin == supports[start].origin { end += 1 }
            let group = supports[start..<end]
            start = end
            // Of one event's supports any stands for its author.
            var write = Write(versions[group[group.startIndex].index])
            var saying: [Context] = []
            var last: Dot?
            for support in group {
                let version = versions[support.index]
                write.add(version)
                if support.author != last { saying.append(version.stamp.context) }
                last = support.author
            }
            if !reach.supersedes(write.version.originDot, at: write.offset, saidBy: saying) {
                visible.append(write.version)
            }
        }
        return visible
    }

    /// A live write, by what it supports and by whose it is.
    private struct Support: Comparable {
        let origin: Dot
        let author: Dot
        let index: Int

        static func < (left: Support, right: Support) -> Bool {
            if left.origin != right.origin { return left.origin < right.origin }
            return left.author != right.author
                ? left.author < right.author : left.index < right.index
        }
    }

    /// A write with the keeps that support it.
    private struct Write {
        /// The write itself where it lives, else the keep with the lowest dot.
        private(set) var version: Version
        /// The write's place in the log as far as it is known: the lowest that a support names.
        private(set) var offset: Offset

        init(_ version: Version) {
            self.version = version
            offset = version.originOffset
        }

        mutating func add(_ other: Version) {
            if version.origin != nil && (other.origin == nil || other.stamp.dot < version.stamp.dot)
            {
                version = other
            }
            let place = other.originOffset
            if place != .start && (offset == .start || place < offset) { offset = place }
        }
    }
}

/// How far the authors of live writes had seen, so that those who had seen a write are counted and
/// not looked through.
private struct AuthorReach {
    /// How far each had seen of the log, in ascending order.
    private let seen: [Offset]
    /// Of each replica: how far those had seen of its events who say so, in ascending order.
    private let counters: [ReplicaID: [Counter]]

    /// Reads the authors' contexts, as far as they name one of the replicas `origins`.
    init(of versions: [VersionLeaf.Version], origins: Set<ReplicaID>) {
        var seen: [Offset] = []
        var counters: [ReplicaID: [Counter]] = [:]
        var authors = Set<Dot>(minimumCapacity: versions.count)
        for version in versions where authors.insert(version.stamp.dot).inserted {
            let context = version.stamp.context
            seen.append(context.seen)
            if origins.contains(context.replica) {
                counters[context.replica, default: []].append(context.counter(of: context.replica))
            }
            if context.beyond.isEmpty { continue }
            // The shorter of the two is walked through.
            if context.beyond.counters.count <= origins.count {
                for (replica, counter) in context.beyond.counters
                where replica != context.replica && origins.contains(replica) {
                    counters[replica, default: []].append(counter)
                }
            } else {
                for replica in origins where replica != context.replica {
                    let counter = context.beyond[replica]
                    if counter != .none { counters[replica, default: []].append(counter) }
                }
            }
        }
        self.seen = seen.sorted()
        self.counters = counters.mapValues { $0.sorted() }
    }

    /// Whether an author had seen the write of `origin` at `offset` who is not among those who say it.
    func supersedes(_ origin: Dot, at offset: Offset, saidBy authors: [Context]) -> Bool {
        if offset != .start {
            let count = seen.countFrom(offset)
            if count > 0, count > authors.count(where: { $0.seen >= offset }) { return true }
        }
        guard let counters = counters[origin.replica] else { return false }
        let count = counters.countFrom(origin.counter)
        guard count > 0 else { return false }
        return count > authors.count { $0.counter(of: origin.replica) >= origin.counter }
    }
}

extension Context {
    /// Up to where the writer names the events of `replica`, besides those that it saw in the log.
    fileprivate func counter(of replica: ReplicaID) -> Counter {
        let counter = beyond.isEmpty ? Counter.none : beyond[replica]
        return replica == self.replica ? max(own, counter) : counter
    }
}

extension Array where Element: Comparable {
    /// How many of the elements, which ascend, are `bound` or more. O(log n).
    fileprivate func countFrom(_ bound: Element) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if self[middle] < bound { low = middle + 1 } else { high = middle }
        }
        return count - low
    }
}
