extension Node {
    /// An empty node of the shape that `rule` calls for.
    init(emptyFor rule: Rule) {
        switch rule {
        case .register, .workflow: self = .versions(VersionLeaf())
        case .count: self = .count(CountLeaf())
        case .set: self = .set(SetLeaf())
        case .log: self = .log(LogLeaf())
        case .map, .record: self = .branch([:])
        }
    }

    /// Carries out `action` at `path` below this node, whose shape is `rule`'s. Returns false where
    /// the schema has no such place or the action does not fit it; nothing has changed then.
    mutating func apply(
        _ action: Action, at path: ArraySlice<ExactText>, rule: Rule, by stamp: Stamp
    ) -> Bool {
        guard let key = path.first else { return apply(action, by: stamp, rule: rule) }
        let below: Rule
        switch rule {
        case .record(let record):
            guard let field = record[key] else { return false }
            below = field.rule
        case .map(let value): below = value
        default: return false
        }
        guard case .branch(var children) = self else { return false }
        // Moved out and back, so that the child is changed in place and not copied.
        self = .branch([:])
        var child = children.removeValue(forKey: key) ?? Node(emptyFor: below)
        let fits = child.apply(action, at: path.dropFirst(), rule: below, by: stamp)
        if !child.isEmpty { children[key] = child }
        self = .branch(children)
        return fits
    }

    private mutating func apply(_ action: Action, by stamp: Stamp, rule: Rule) -> Bool {
        switch (self, action) {
        case (.versions(var leaf), _):
            guard leaf.apply(action, by: stamp, rule: rule) else { return false }
            self = .versions(leaf)
        case (.count(var leaf), .set(.integer(let number))):
            self = .branch([:])
            leaf.set(number, by: stamp)
            self = .count(leaf)
        case (.count(var leaf), .add(.integer(let number))):
            self = .branch([:])
            leaf.add(number, by: stamp)
            self = .count(leaf)
        case (.set(var leaf), .add(let element)), (.set(var leaf), .keep(let element, _)):
            self = .branch([:])
            leaf.add(element, by: stamp)
            self = .set(leaf)
        case (.set(var leaf), .remove(let element)):
            self = .branch([:])
            leaf.remove(element, by: stamp)
            self = .set(leaf)
        case (.log(var leaf), .append(let fact)):
            self = .branch([:])
            leaf.append(fact, by: stamp)
            self = .log(leaf)
        case (.branch(var children), .remove(.text(let key))):
            guard case .map = rule else { return false }
            children[key]?.remove(by: stamp)
            if children[key]?.isEmpty == true { children[key] = nil }
            self = .branch(children)
        case (.count, .clear), (.set, .clear): remove(by: stamp)
        case (.branch, .clear):
            guard case .map = rule else { return false }
            remove(by: stamp)
        default: return false
        }
        return true
    }
}

extension VersionLeaf {
    fileprivate mutating func apply(_ action: Action, by stamp: Stamp, rule: Rule) -> Bool {
        switch (rule, action) {
        case (.register, .set(let value)): replace(value, by: stamp)
        case (.register, .clear): replace(nil, by: stamp)
        case (.workflow, .move(let from, let to)): replace(.text(to), from: from, by: stamp)
        case (.register, .keep(let value, let origin)), (.workflow, .keep(let value, let origin)):
            keep(value, origin: origin, by: stamp)
        default: return false
        }
        return true
    }

    /// A write; of two in one event the later one stands, a move from where the first one began.
    private mutating func replace(_ value: Value?, from: ExactText? = nil, by stamp: Stamp) {
        let earlier = versions.first { $0.stamp.dot == stamp.dot && $0.origin == nil }
        write(value, from: earlier?.from ?? from, by: stamp)
    }
}
