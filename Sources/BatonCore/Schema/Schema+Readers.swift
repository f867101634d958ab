extension Schema {
    /// Whether anything of an entity of this type is hidden from `role`. O(1).
    public func hides(from role: Role) -> Bool { restricted.contains(role) }

    /// Whether `role` sees what is said at a place. The innermost list of readers on the way holds, as
    /// far as the schema knows the way; what is said of a record is said of all that lies below.
    /// O(parts of the path).
    public func shows(_ path: FieldPath, to role: Role) -> Bool {
        guard restricted.contains(role) else { return true }
        var rule = Rule.record(root)
        var readers = self.readers
        for component in path.components {
            switch rule {
            case .record(let record):
                guard let field = record[component] else { return readers.isOpen(to: role) }
                if !field.readers.isEmpty { readers = field.readers }
                rule = field.rule
            case .map(let below): rule = below
            case .register, .count, .set, .workflow, .log: return readers.isOpen(to: role)
            }
        }
        return !rule.hidesSome(from: role, under: readers)
    }

    /// What `role` sees of an entity of this type. O(fields and operations that no schema knows): what
    /// lies in a field is not looked at, so that the time it takes tells nothing of it.
    public func shown(_ entity: EntityState, to role: Role) -> EntityState {
        guard restricted.contains(role) else { return entity }
        return EntityState(
            root: entity.root.shown(Rule.record(root), to: role, under: readers) ?? .branch([:]),
            unknown: entity.unknown.filter { shows($0.operation.path, to: role) })
    }
}

extension SchemaSet {
    /// Whether anything at all is hidden from `role`: where not, nothing need be asked. O(1).
    public func hides(from role: Role) -> Bool { restricted.contains(role) }

    /// The types of which something is hidden from `role`, in ascending order.
    public func types(hidingFrom role: Role) -> [String] {
        sorted.filter { $0.restricted.contains(role) }.map(\.type)
    }

    /// Whether `role` sees what is said at a place of an entity. Types that no schema declares are
    /// open to all.
    public func shows(_ path: FieldPath, of type: String, to role: Role) -> Bool {
        self[type]?.shows(path, to: role) ?? true
    }

    /// What `role` sees of an entity.
    public func shown(_ entity: EntityState, of type: String, to role: Role) -> EntityState {
        self[type]?.shown(entity, to: role) ?? entity
    }
}

extension Rule {
    /// Whether something here or below is hidden from `role`, where `readers` holds from above.
    func hidesSome(from role: Role, under readers: [Role]) -> Bool {
        switch self {
        case .record(let record):
            // A field that is declared some day is hidden as well.
            if !readers.isOpen(to: role) { return true }
            return record.fields.contains { field in
                field.rule.hidesSome(
                    from: role, under: field.readers.isEmpty ? readers : field.readers)
            }
        case .map(let below): return below.hidesSome(from: role, under: readers)
        case .register, .count, .set, .workflow, .log: return !readers.isOpen(to: role)
        }
    }
}

extension Node {
    /// What `role` sees of a node at a place of that rule, where `readers` holds; `nil` for nothing.
    fileprivate func shown(_ rule: Rule, to role: Role, under readers: [Role]) -> Node? {
        // Below a map nobody names readers (specification section 2.6).
        guard case .record(let record) = rule, case .branch(let children) = self else {
            return readers.isOpen(to: role) ? self : nil
        }
        var shown: [ExactText: Node] = [:]
        for (name, child) in children {
            guard let field = record[name] else {
                if readers.isOpen(to: role) { shown[name] = child }
                continue
            }
            let holding = field.readers.isEmpty ? readers : field.readers
            shown[name] = child.shown(field.rule, to: role, under: holding)
        }
        return shown.isEmpty ? nil : .branch(shown)
    }
}

extension [Role] {
    /// Whether a list of roles, of which none stands for all, names `role`.
    func isOpen(to role: Role) -> Bool { isEmpty || contains(role) }
}
