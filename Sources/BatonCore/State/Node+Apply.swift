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
        defer { self = .branch(children) }
        let child = children[key, default: Node(emptyFor: below)].applyAndLook(
            action, at: path.dropFirst(), rule: below, by: stamp)
        if child.isEmpty { children[key] = nil }
        return child.fits
    }

    /// What ``apply(_:at:rule:by:)`` says, and whether anything lives here afterwards.
    private mutating func applyAndLook(
        _ action: Action, at path: ArraySlice<ExactText>, rule: Rule, by stamp: Stamp
    ) -> (fits: Bool, isEmpty: Bool) {
        let fits = apply(action, at: path, rule: rule, by: stamp)
        return (fits, isEmpty)
    }

    private mutating func apply(_ action: Action, by stamp: Stamp, rule: Rule) -> Bool {
        switch self {
        case .versions(var leaf):
            self = .branch([:])
            defer { self = .versions(leaf) }
            return leaf.apply(action, by: stamp, rule: rule)
        case .count(var leaf):
            self = .branch([:])
            defer { self = .count(leaf) }
            return leaf.apply(action, by: stamp)
        case .set(var leaf):
            self = .branch([:])
            defer { self = .set(leaf) }
            return leaf.apply(action, by: stamp)
        case .log(var leaf):
            guard case .append(let fact) = action else { return false }
            self = .branch([:])
            defer { self = .log(leaf) }
            leaf.append(fact, by: stamp)
            return true
        case .branch(var children):
            guard case .map = rule else { return false }
            switch action {
            case .remove(.text(let key)):
                self = .branch([:])
                defer { self = .branch(children) }
                guard let isEmpty = children[key]?.removeAndLook(by: stamp) else { return true }
                if isEmpty { children[key] = nil }
            case .clear: remove(by: stamp)
            default: return false
            }
            return true
        }
    }

    private mutating func removeAndLook(by stamp: Stamp) -> Bool {
        remove(by: stamp)
        return isEmpty
    }
}

extension CountLeaf {
    fileprivate mutating func apply(_ action: Action, by stamp: Stamp) -> Bool {
        switch action {
        case .set(.integer(let number)): set(number, by: stamp)
        case .add(.integer(let number)): add(number, by: stamp)
        case .clear: remove(by: stamp)
        default: return false
        }
        return true
    }
}

extension SetLeaf {
    fileprivate mutating func apply(_ action: Action, by stamp: Stamp) -> Bool {
        switch action {
        case .add(let element): add(element, by: stamp)
        case .keep(let element, let origin): keep(element, origin: origin, by: stamp)
        case .remove(let element): remove(element, by: stamp)
        case .clear: removeAll(by: stamp)
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
        // A register's writes have left no state, and need not be looked through.
        let earlier =
            from == nil
            ? nil : versions.first { $0.stamp.dot == stamp.dot && $0.origin == nil }
        write(value, from: earlier?.from ?? from, by: stamp)
    }
}
