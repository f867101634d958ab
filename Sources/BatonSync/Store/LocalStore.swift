import BatonCore
import Dispatch
import GRDB

/// The file in which a client keeps its streams: one SQLite database, open once at a time.
///
/// Write-ahead log with `synchronous=FULL`: a transaction that returned is on disk. The connection
/// holds SQLite's exclusive lock for its life (https://sqlite.org/pragma.html#pragma_locking_mode),
/// so a second process is turned away, and the lock goes with the process however that ends.
struct LocalStore: Sendable {
    let queue: DatabaseQueue

    /// Opens the store, making it if it is not there, and brings it to this version's form. A new one
    /// gets `newID` as its replica id.
    static func open(
        _ location: StoreLocation, newID: ReplicaID
    ) async throws(SyncFailure) -> LocalStore {
        // Opening waits for the disk, which the cooperative threads must not.
        let result: Result<LocalStore, SyncFailure> = await withCheckedContinuation { waiter in
            DispatchQueue.global().async {
                do throws(SyncFailure) {
                    waiter.resume(returning: .success(try LocalStore(location, newID)))
                } catch {
                    waiter.resume(returning: .failure(error))
                }
            }
        }
        return try result.get()
    }

    private init(_ location: StoreLocation, _ newID: ReplicaID) throws(SyncFailure) {
        var configuration = Configuration()
        configuration.label = "baton.store"
        configuration.foreignKeysEnabled = false
        // A client that was just closed may still be letting go.
        configuration.busyMode = .timeout(0.5)
        do {
            switch location {
            case .memory:
                queue = try DatabaseQueue(configuration: configuration)
            case .file(let path):
                configuration.prepareDatabase { database in
                    try database.execute(sql: "PRAGMA locking_mode = EXCLUSIVE")
                    try database.execute(sql: "PRAGMA journal_mode = WAL")
                    try database.execute(sql: "PRAGMA synchronous = FULL")
                }
                queue = try DatabaseQueue(path: path, configuration: configuration)
            }
            try queue.writeWithoutTransaction { database in
                try StoreFormat.bringUpToDate(database, newID: newID)
                try StoreErasure.finish(in: database)
            }
        } catch {
            throw Self.failure(error, "the store at \(location.name) cannot be opened")
        }
    }

    /// Runs `body` on the store's own thread, whether or not the caller is cancelled meanwhile.
    func run(_ body: @escaping @Sendable (Database) -> Void) {
        queue.asyncWriteWithoutTransaction(body)
    }

    /// Lets go of the file, after all that was handed in.
    func close() throws(SyncFailure) {
        do {
            try queue.close()
        } catch {
            throw Self.failure(error, "the store cannot be closed")
        }
    }

    /// What SQLite says, in the words of this module.
    static func failure(_ error: any Error, _ message: String) -> SyncFailure {
        if let failure = error as? SyncFailure { return failure }
        let cause = String(describing: error)
        switch (error as? DatabaseError)?.resultCode {
        case .SQLITE_BUSY?, .SQLITE_LOCKED?:
            return SyncFailure(
                .storeInUse,
                message + ": another client has it open; close that one, or open another file",
                cause: cause)
        case .SQLITE_FULL?:
            return SyncFailure(.storeFull, message + ": the disk is full; make room", cause: cause)
        case .SQLITE_NOTADB?:
            return SyncFailure(
                .storeFailed, message + ": the file is not a store; choose another path",
                cause: cause)
        default:
            return SyncFailure(.storeFailed, message, cause: cause)
        }
    }
}

extension StoreLocation {
    /// For messages.
    var name: String {
        switch self {
        case .file(let path): return path
        case .memory: return "memory"
        }
    }
}
