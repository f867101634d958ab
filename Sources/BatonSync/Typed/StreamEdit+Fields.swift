import BatonCore

/// Verbs on the fields of generated types, to make several changes one event. What they change is in
/// the stream that is edited, whatever stream the field was taken from.
extension StreamEdit {
    /// Writes a register.
    public mutating func set<Content>(_ field: RegisterField<Content>, to content: Content) {
        act(.set(content.fieldValue), at: field)
    }

    /// Writes one value in place of all that a register shows.
    public mutating func set<Content>(_ field: ManyField<Content>, to content: Content) {
        act(.set(content.fieldValue), at: field)
    }

    /// Says what a count is.
    public mutating func set(_ field: CountField, to number: Int64) {
        act(.set(.integer(number)), at: field)
    }

    /// Empties a register, a count, a set or a map.
    public mutating func clear(_ field: some ClearableField) { act(.clear, at: field) }

    /// Adds to a count; a negative number takes away.
    public mutating func add(_ number: Int64, to field: CountField) {
        act(.add(.integer(number)), at: field)
    }

    /// Adds an element to a set.
    public mutating func insert<Element>(_ element: Element, into field: SetField<Element>) {
        act(.add(element.fieldValue), at: field)
    }

    /// Removes an element of a set.
    public mutating func remove<Element>(_ element: Element, from field: SetField<Element>) {
        act(.remove(element.fieldValue), at: field)
    }

    /// Removes an entry of a map.
    public mutating func remove<Entry>(_ key: String, from field: MapField<Entry>) {
        act(.remove(.string(key)), at: field)
    }

    /// Appends a fact to a log.
    public mutating func append<Fact>(_ fact: Fact, to field: LogField<Fact>) {
        act(.append(fact.fieldValue), at: field)
    }

    /// Moves a workflow on from where it stands, moves of this edit among them.
    public mutating func move<State>(_ field: WorkflowField<State>, to next: State) {
        guard case .text(let to) = next.fieldValue else { return }
        act(.move(from: standing(of: field.place), to: to), at: field)
    }

    private func standing(of place: FieldPlace) -> ExactText {
        for operation in operations.reversed()
        where operation.entity == place.view.id && operation.path == place.path {
            if case .move(_, let to) = operation.action { return to }
        }
        let entity = state.value(of: place.view.id, schemas: schemas)
        let value = place.path.components.reduce(entity) { value, name in value?[name.string] }
        guard case .text(let state)? = value else { return "" }
        return state
    }

    private mutating func act(_ action: Action, at field: some TypedPlace) {
        append([FieldOperation(field.place.view.id, field.place.path, action)])
    }
}
