public import BatonCore

/// A place in an entity: where a field lies, and through which stream it is read and written.
public struct FieldPlace: Sendable {
    /// The entity.
    public let view: EntityView
    /// Where in it; empty for the entity itself.
    public let path: FieldPath

    /// The entity itself.
    public init(_ view: EntityView) { self.init(view, FieldPath([])) }

    private init(_ view: EntityView, _ path: FieldPath) {
        self.view = view
        self.path = path
    }

    /// The field, or the entry of a map, of that name below.
    public subscript(name: String) -> FieldPlace {
        FieldPlace(view, path.appending(ExactText(name)))
    }

    /// What is there now, as plain JSON; `nil` for nothing.
    public var value: Value? {
        path.components.reduce(view.value) { value, name in value?[name.string] }
    }
}

/// A place whose shape a schema has told: a field, a group of fields, an entity.
///
/// `baton schema swift` writes conforming types; reads return what this device knows now, writes
/// return once they are on disk. Several writes in one event: ``CustomerStream/edit(_:)`` and the
/// verbs of ``StreamEdit`` that take a field.
public protocol TypedPlace: Sendable {
    /// Where it lies.
    var place: FieldPlace { get }
    /// What lies at that place.
    init(_ place: FieldPlace)
}

extension TypedPlace {
    /// What is there now, as plain JSON: also what a later version of the schema has added.
    public var plain: Value? { place.value }

    /// Makes changes in one event of the place's stream.
    func write(
        _ body: @escaping @Sendable (inout StreamEdit) -> Void
    ) async throws(SyncFailure) {
        try await place.view.stream.edit(body)
    }
}

/// An entity whose type a schema has told.
public protocol TypedEntity: TypedPlace {
    /// The type's name in the schema: `wish-list`.
    static var type: String { get }
}

extension TypedEntity {
    /// The entity of that name in a stream. One that was never written to is empty.
    ///
    /// - Throws: `invalid-name`.
    public init(_ id: String, in stream: CustomerStream) throws(SyncFailure) {
        self.init(FieldPlace(try stream.entity("\(Self.type)/\(id)")))
    }

    /// All of this type in which something lives, in the order of their names.
    public static func all(in stream: CustomerStream) -> [Self] {
        stream.entities.filter { $0.type == type }.map { Self(FieldPlace(stream.entity($0))) }
    }

    /// The entity now, and again whenever it may look different. See ``EntityView/changes``.
    public var changes: EntityChanges<Self> { place.view.changes { _ in self } }
}
