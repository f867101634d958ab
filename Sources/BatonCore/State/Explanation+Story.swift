/// Tells of one place: which writes live, what became of the others, and what decided.
struct PlaceStory {
    /// A write that is to be told of.
    struct Chapter {
        let stamp: Stamp
        let action: String
        let value: Value?
        var origin: Dot?
        var part: Explanation.Part
        var by: Dot?
    }

    let path: FieldPath
    let rule: Rule
    let node: Node?
    let isHidden: Bool
    let chapters: [Chapter]
    let omitted: Int
    /// All that took something away here.
    let removers: Removers
    /// The write that the rule picked of those that decide.
    private(set) var winner: Chapter?
    /// What decided between concurrent writes, in words; `nil` where none was overruled.
    private(set) var decision: String?
    /// Who first wrote what shows.
    private(set) var shown: Set<Dot> = []
    /// Each event that is told of, once, in the order of the log.
    private var events: [Stamp] = []

    /// O(n log n) in the writes of the place, and what took them away is looked for in the log after each.
    init(path: FieldPath, place: PlaceSurvey.Place, removals: RemovalsAbove, isHidden: Bool) {
        self.path = path
        rule = place.rule
        node = place.node
        self.isHidden = isHidden
        // What does not fit the rule was kept unread, and did nothing here.
        let operations = place.operations.filter { place.rule.takes($0.operation.action) }
        removers = Removers(here: operations, above: removals, rule: place.rule)
        var chapters = place.node.map { $0.liveChapters(rule: place.rule) } ?? []
        let live = Set(
            chapters.map { LiveMark(dot: $0.stamp.dot, element: $0.element(place.rule)) })
        for recorded in operations {
            guard var chapter = recorded.chapter(rule: place.rule) else { continue }
            let mark = LiveMark(dot: chapter.stamp.dot, element: chapter.element(place.rule))
            guard chapter.part == .removes || !live.contains(mark) else { continue }
            if chapter.part != .removes {
                // A write that lives no more, with the first event that took it away.
                let remover = removers.first(taking: recorded)
                chapter.part = remover?.isRemoval == true ? .removed : .superseded
                chapter.by = remover?.stamp.dot
            }
            chapters.append(chapter)
        }
        // A removal decides nothing: older ones would be left out in any case.
        let newest = removers.newestAbove(Explanation.mostWrites)
        chapters += newest.map {
            Chapter(
                stamp: $0.stamp, action: $0.operation.action.name, value: nil, origin: nil,
                part: .removes, by: nil)
        }
        chapters.sort { Removers.order($0.stamp, $1.stamp) }
        // The oldest of those that decide nothing are left out first.
        var surplus = chapters.count - Explanation.mostWrites
        let told = chapters.filter { chapter in
            guard surplus > 0, chapter.part != .decides, chapter.part != .overruled else {
                return true
            }
            surplus -= 1
            return false
        }
        omitted = removals.count - newest.count + chapters.count - told.count
        self.chapters = told
        var seen: Set<Dot> = []
        events = told.map(\.stamp).filter { seen.insert($0.dot).inserted }
        shown = Set(
            told.filter { [.decides, .overruled, .contributes].contains($0.part) }.map(\.author))
        winner = decidingWinner
        decision = decided
    }

    /// An element of a set lives by itself; elsewhere an event has one write at a place.
    private struct LiveMark: Hashable {
        let dot: Dot
        let element: Value?
    }

    var explanation: Explanation {
        let value = node?.value(rule: rule)
        return Explanation(
            path: path, rule: rule.explainedName,
            value: isHidden ? value.map { _ in Redaction.mark } : value,
            isRedacted: isHidden, summary: summary,
            writes: chapters.map { chapter in
                Explanation.Write(
                    dot: chapter.stamp.dot, offset: chapter.stamp.offset,
                    timestamp: chapter.stamp.timestamp, action: chapter.action,
                    value: isHidden ? chapter.value.map { _ in Redaction.mark } : chapter.value,
                    origin: chapter.origin, part: chapter.part, by: chapter.by,
                    concurrent: concurrent(with: chapter), why: why(chapter))
            }, omitted: omitted)
    }

    /// Those of the other chapters that had not seen this one, nor it them.
    func concurrent(with chapter: Chapter) -> [Dot] {
        var dots: [Dot] = []
        for other in events where other.dot != chapter.stamp.dot {
            guard dots.count < Explanation.mostConcurrent else { break }
            if other.isConcurrent(with: chapter.stamp) { dots.append(other.dot) }
        }
        return dots
    }
}

extension RecordedOperation {
    /// What it wrote; `nil` for a keep, which no person made.
    func chapter(rule: Rule) -> PlaceStory.Chapter? {
        let value: Value?
        var part = Explanation.Part.superseded
        switch operation.action {
        case .set(let written), .add(let written), .append(let written): value = written
        case .move(_, let to): value = .text(to)
        case .remove(let element):
            value = element
            part = .removes
        case .clear:
            value = nil
            // Of a register it is a write like others, of nothing.
            part = rule.name == "register" ? .superseded : .removes
        case .keep, .unknown: return nil
        }
        return PlaceStory.Chapter(
            stamp: stamp, action: operation.action.name, value: value, origin: nil, part: part,
            by: nil)
    }
}

extension PlaceStory.Chapter {
    /// By what several writes of one event at a place differ.
    func element(_ rule: Rule) -> Value? {
        if case .set = rule { return value }
        return nil
    }
}

extension Node {
    /// The live writes, in no meaningful order.
    fileprivate func liveChapters(rule: Rule) -> [PlaceStory.Chapter] {
        switch (self, rule) {
        case (.versions(let leaf), .register(_, let pick)):
            if case .all = pick { return leaf.chapters(winner: nil) }
            return leaf.chapters(winner: leaf.winner(by: pick))
        case (.versions(let leaf), .workflow(let workflow)):
            return leaf.chapters(winner: leaf.prevailing(in: workflow)?.version)
        case (.count(let leaf), .count(let count)):
            let base = leaf.base(rule: count)
            return leaf.bases.map {
                PlaceStory.Chapter(
                    stamp: $0.stamp, action: "set", value: .integer($0.number),
                    part: $0.number == base?.number ? .decides : .overruled)
            }
                + leaf.increments.map {
                    PlaceStory.Chapter(
                        stamp: $0.stamp, action: "add", value: .integer($0.number),
                        part: .contributes)
                }
        case (.set(let leaf), _):
            return leaf.elements.flatMap { element, supports in
                supports.map {
                    PlaceStory.Chapter(
                        stamp: $0, action: "add", value: element, part: .contributes)
                }
            }
        case (.log(let leaf), _):
            return leaf.facts.map {
                PlaceStory.Chapter(
                    stamp: $0.stamp, action: "append", value: $0.value, part: .contributes)
            }
        default: return []
        }
    }
}

extension VersionLeaf {
    /// The live writes; all visible ones contribute where there is no winner.
    fileprivate func chapters(winner: Version?) -> [PlaceStory.Chapter] {
        let visible = Set(visible)
        return versions.map { version in
            let part: Explanation.Part
            if !visible.contains(version) {
                part = .keeps
            } else if let winner {
                part = version == winner || version.value == winner.value ? .decides : .overruled
            } else {
                part = .contributes
            }
            let action =
                version.origin != nil
                ? "keep" : version.from != nil ? "move" : version.value == nil ? "clear" : "set"
            return PlaceStory.Chapter(
                stamp: version.stamp, action: action, value: version.value,
                origin: version.origin?.dot, part: part)
        }
    }
}
