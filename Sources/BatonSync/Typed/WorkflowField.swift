/// A state that moves along the edges that the schema declares.
public struct WorkflowField<State: FieldContent>: TypedPlace {
    /// Where it lies.
    public let place: FieldPlace

    /// The workflow at that place.
    public init(_ place: FieldPlace) { self.place = place }

    /// The state now; `nil` before the first move, or where this version of the schema does not know it.
    public var value: State? { place.value.flatMap { State(fieldValue: $0) } }

    /// Moves on from where it stands. A move that the schema does not declare is an `invalid-write`.
    public func move(to next: State) async throws(SyncFailure) {
        let field = self
        try await write { $0.move(field, to: next) }
    }
}
