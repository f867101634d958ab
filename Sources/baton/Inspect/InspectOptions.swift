import ArgumentParser
import BatonCore
import BatonLog
import BatonServer
import BatonWire
import Foundation

/// What every look into a log needs.
struct InspectOptions: ParsableArguments {
    @Option(help: "The folder that holds the log.")
    var data = "data"

    @Option(help: ArgumentHelp("Whose streams.", valueName: "name"))
    var tenant = DevelopmentKey.tenantName

    @Option(
        help: ArgumentHelp(
            "A folder of schema documents, as for baton serve; without it, those that are in force.",
            valueName: "folder"))
    var schemas: String?

    @Flag(help: "Print JSON.")
    var json = false

    /// As whom the command looks: what a schema hides from operators is not there, and what it redacts
    /// for them shows as a mark.
    static let role = Role.operator

    /// Opens the log, which must be there.
    func open() throws -> SQLiteLog { try Self.openExisting(data) }

    /// Opens the log in a folder, which must be there.
    static func openExisting(_ data: String) throws -> SQLiteLog {
        guard FileManager.default.fileExists(atPath: "\(data)/\(SQLiteLog.fileName)") else {
            throw CommandFailure("there is no log in \(data): name its folder with --data")
        }
        return try SQLiteLog.open(directory: data)
    }

    /// The key of a stream of the tenant.
    func key(_ stream: String) throws -> StreamKey {
        try StreamKey(tenant: TenantID(tenant), stream: StreamID(stream))
    }

    /// The schemas in force for the tenant.
    func schemaSet() throws -> SchemaSet {
        try SchemaFiles.inForce(in: data, with: schemas)[TenantID(tenant)].set
    }

    /// The state of the whole log, and the entries above the horizon, as operators see them.
    static func fold(
        _ key: StreamKey, from log: some LogEngine, schemas: SchemaSet
    ) async throws -> (state: StreamState, entries: [StoredEntry], horizon: Offset) {
        var state = StreamState()
        if let stored = try await log.snapshot(of: key) {
            do {
                state = try stored.checkedState().refolded(schemas: schemas)
            } catch { throw CommandFailure("\(key.stream): \(error.detail)") }
        }
        let horizon = try await log.head(of: key).horizon
        let entries = try await StoredEntry.read(key, from: log)
        for stored in entries where stored.offset > state.offset {
            state.apply(stored.entry, at: stored.offset, schemas: schemas)
        }
        guard state.offset != .start else { throw key.missing() }
        let sight = Sight(of: role, under: schemas)
        return (sight.shown(state), entries.map { $0.shown(in: sight) }, horizon)
    }

    /// The explanation of an entity as operators may see it.
    static func explanation(
        of id: EntityID, at path: FieldPath, state: StreamState, entries: [StoredEntry],
        horizon: Offset, schemas: SchemaSet
    ) -> EntityExplanation {
        EntityExplanation(
            of: id, at: path, in: state,
            entries: entries.map {
                (entry: $0.entry, offset: $0.offset, receivedAt: $0.receivedAt)
            },
            horizon: horizon, schemas: schemas, for: role)
    }
}

extension StreamKey {
    /// The failure that names a stream which has no events.
    func missing() -> CommandFailure {
        CommandFailure("tenant \(tenant) has no stream \(stream); baton inspect streams lists them")
    }
}
