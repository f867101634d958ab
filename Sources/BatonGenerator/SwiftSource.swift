public import BatonCore

/// Typed Swift for schemas, to be compiled beside an app's own sources.
///
/// Each entity type becomes a struct over the SDK's `TypedEntity`, with a property for each field: what
/// it reads, and the verbs that its rule has. What merges, and who may write, stays with the schema.
public enum SwiftSource {
    /// The source, the same for the same schemas whatever their order. O(size of the schemas).
    ///
    /// - Parameters:
    ///   - schemas: Sound schemas, each of a type of its own.
    ///   - isPublic: Whether other modules are to see the types.
    public static func text(
        of schemas: [Schema], isPublic: Bool = false
    ) throws(NameCollision) -> String {
        let sorted = schemas.sorted { $0.type < $1.type }
        var names = NameTable(place: "the schemas")
        var writer = TypeWriter(isPublic: isPublic)
        writer.heading(of: sorted)
        for schema in sorted {
            let name = SwiftName.entity(schema.type)
            try names.take(name, for: schema.type)
            try writer.entity(schema, named: name)
        }
        return writer.text
    }
}

/// Two names of a schema for which Swift would have but one.
public struct NameCollision: Error, Hashable, Sendable, CustomStringConvertible {
    /// Where both are declared: an entity type, with the path of a field in it.
    public let place: String
    /// The two, as the schema has them.
    public let names: [String]
    /// What both would be called.
    public let swiftName: String

    /// What went wrong and how to mend it.
    public var description: String {
        let both = names.map { "\"\($0)\"" }.joined(separator: " and ")
        return
            "\(place): \(both) would both be called \(swiftName) in Swift; give one of them another "
            + "name, or, where it is in force already, leave its type out and use EntityView for it"
    }
}

/// The names that are taken at one place.
struct NameTable {
    let place: String
    private var taken: [String: String] = [:]

    init(place: String) { self.place = place }

    mutating func take(_ swiftName: String, for name: String) throws(NameCollision) {
        if let other = taken.updateValue(name, forKey: swiftName) {
            throw NameCollision(place: place, names: [other, name], swiftName: swiftName)
        }
    }
}
