extension PlaceStory {
    /// How the value comes about.
    var summary: String {
        let deciding = chapters.filter { $0.part == .decides }
        let counting = chapters.count { $0.part == .contributes } + omittedContributions
        switch (rule, node) {
        case (_, nil):
            guard let last = chapters.last(where: { $0.by != nil })?.by else {
                return "nothing lives here"
            }
            return "nothing lives here: the last write was taken away by \(last.short)"
        case (.count(let rule), .count(let leaf)?):
            let base = leaf.base(rule: rule).map { told(.integer($0.number)) }
            let sum = leaf.increments.reduce(Int64(0)) { $0.addingWithinLimits($1.number) }
            var words = base.map { "base \($0)" } ?? "no base"
            if let decision { words += " (\(decision))" }
            if counting > 0 {
                words += ", and \(counting) increment\(counting == 1 ? "" : "s") of together "
                words += told(.integer(sum))
            }
            let plain = (leaf.base(rule: rule)?.number ?? 0).addingWithinLimits(sum)
            if let floor = rule.floor, plain < floor { words += "; shown no lower than \(floor)" }
            return words
        case (.set, .set(let leaf)?):
            let count = leaf.elements.count
            return
                "\(count) element\(count == 1 ? "" : "s"), each added and not removed by anybody "
                + "who had seen it"
        case (.log, _): return "\(counting) fact\(counting == 1 ? "" : "s"); every one is kept"
        case (.register(_, .all), _): return "all that was written at the same time"
        default:
            if let decision { return decision }
            guard let first = deciding.first else { return "cleared" }
            return first.value == nil
                ? "cleared by \(first.author.short)" : "written by \(first.author.short)"
        }
    }

    private var omittedContributions: Int {
        guard omitted > 0 else { return 0 }
        switch node {
        case .count(let leaf)?:
            return leaf.increments.count - chapters.count { $0.part == .contributes }
        case .log(let leaf)?:
            return leaf.facts.count - chapters.count { $0.part == .contributes }
        default: return 0
        }
    }

    /// What decided between concurrent writes; `nil` where none was overruled. O(n log n): said once.
    var decided: String? {
        let others = chapters.filter { $0.part == .overruled }
        guard let winner, !others.isEmpty else { return nil }
        switch rule {
        case .register(_, .latest):
            return later(winner, than: others)
        case .register(_, .max), .register(_, .min):
            let values = Set(([winner] + others).compactMap(\.value)).sorted()
            return pickWords(rule.pickName, values)
        case .register(_, .strictest):
            let names = Self.listed(others.map { told($0.value) })
            return "strictest: \(told(winner.value)) before \(names)"
        case .workflow:
            let names = Self.listed(others.map { told($0.value) })
            return "precedence: \(told(winner.value)) over \(names)"
        case .count(let count):
            if count.base == .latest { return later(winner, than: others) }
            let values = Set(([winner] + others).compactMap(\.value)).sorted()
            return pickWords(count.base.rawValue, values)
        default: return nil
        }
    }

    private func pickWords(_ pick: String, _ values: [Value]) -> String {
        isHidden
            ? "\(pick) of \(values.count) values (redacted)"
            : values.count > Explanation.mostConcurrent
                ? "\(pick) of \(values.count) values, from \(values.first?.summary ?? "") to "
                    + (values.last?.summary ?? "")
                : "\(pick) of \(values.map(\.summary).joined(separator: " and "))"
    }

    /// Of the writes that decide (several may say the same), the one that the rule picks by.
    var decidingWinner: Chapter? {
        chapters.filter { $0.part == .decides }.max { left, right in
            left.stamp.timestamp != right.stamp.timestamp
                ? left.stamp.timestamp < right.stamp.timestamp : left.stamp.dot < right.stamp.dot
        }
    }

    private func later(_ winner: Chapter, than others: [Chapter]) -> String {
        guard let last = others.map(\.stamp.timestamp).max() else { return "the latest" }
        let names = Self.listed(others.map(\.author.short))
        if winner.stamp.timestamp == last {
            return "at the same time as \(names); the higher replica id decides"
        }
        let distance = winner.stamp.timestamp.milliseconds - last.milliseconds
        // A keep counts by the time of what it keeps, which is not told of here.
        guard distance >= 0, winner.origin == nil else { return "later than \(names)" }
        return distance == 0
            ? "later than \(names), by a tick within the same millisecond"
            : "later than \(names), by \(distance) ms"
    }

    /// What became of a write, and why.
    func why(_ chapter: Chapter) -> String {
        var words: String
        switch chapter.part {
        case .decides:
            words = decision ?? (chapter.value == nil ? "clears the place" : "is the value")
            if case .count = rule, decision == nil { words = "is the base" }
        case .contributes:
            switch rule {
            case .count: words = "adds \(told(chapter.value))"
            case .set: words = "puts the element in"
            case .log: words = "is a fact"
            default: words = "is one of the values"
            }
        case .overruled:
            words = "overruled by \(winner?.author.short ?? "another")"
            if let decision { words += ": \(decision)" }
        case .keeps:
            words =
                shown.contains(chapter.author)
                ? "keeps the same write alive once more"
                : "keeps a write alive of which something newer is known"
        case .superseded:
            words =
                chapter.by.map {
                    $0 == chapter.stamp.dot
                        ? "followed by another write in the same event"
                        : "replaced by \($0.short), which had seen it"
                } ?? "replaced"
        case .removed: words = "removed by \(chapter.by?.short ?? "another"), which had seen it"
        case .removes: words = "takes away what it had seen, and nothing else"
        }
        if let origin = chapter.origin {
            words += "; says again what \(origin.short) wrote, which an edit beside it keeps alive"
        }
        let unseen = self.unseen(chapter)
        if !unseen.isEmpty { words += "; unseen by \(unseen.joined(separator: " and "))" }
        return words
    }

    /// The removals that would have taken a live write, had they seen it.
    private func unseen(_ chapter: Chapter) -> [String] {
        switch chapter.part {
        case .decides, .contributes, .overruled: break
        default: return []
        }
        return removers.unseen(
            chapter.value, by: chapter.stamp, isIncrement: chapter.part == .contributes)
    }

    /// A value for a sentence.
    private func told(_ value: Value?) -> String {
        guard let value else { return "cleared" }
        return isHidden ? "(redacted)" : value.summary
    }

    /// The names, each once; of many the first, and how many others there are. A sentence that named
    /// all would be as long as the place is crowded, and is said of each of its writes.
    private static func listed(_ names: [String]) -> String {
        var seen: Set<String> = []
        let distinct = names.filter { seen.insert($0).inserted }
        let most = Explanation.mostConcurrent
        let words = distinct.prefix(most).joined(separator: ", ")
        return distinct.count > most ? "\(words) and \(distinct.count - most) others" : words
    }
}

extension PlaceStory.Chapter {
    /// Who first wrote the value.
    var author: Dot { origin ?? stamp.dot }
}

extension Dot {
    /// The dot in few letters, for sentences: `0123abcd:7`.
    public var short: String {
        let text = replica.description
        return "\(text.prefix(4))\(text.suffix(4)):\(counter)"
    }
}

extension Rule {
    fileprivate var pickName: String {
        if case .register(_, let pick) = self { return pick.name }
        return name
    }
}
