import BatonCore
import BatonSync
import BatonWire

/// One device of a simulated world: what the SDK's shell is in an app, driven by simulated time.
struct Device {
    /// What the running app holds; gone when the device dies.
    struct Memory {
        var installation: Installation
        var streams: [StreamID: StreamReplica]
        var exchange: ExchangeUnderWay?
        /// Whether something called for a sync while one was under way.
        var wantsSync = false
    }

    /// A sync between a request and its answer.
    struct ExchangeUnderWay {
        enum Waiting {
            case answer([SyncAsk])
            case snapshot(ExchangePlan.SnapshotWanted)
        }

        var plan: ExchangePlan
        var request: Int
        var waiting: Waiting
    }

    /// A live connection, as the server's side holds it.
    struct Live {
        let replica: ReplicaID
        var cursor: String
        var arrival: Int64 = 0
        var isAsking = false
        var wantsMore = false
    }

    let name: String
    let index: Int
    let role: Role
    let isKiosk: Bool
    /// Where it stands, for its events' channels.
    let place: String
    var isUpgraded: Bool
    var disk: SimulatedDisk
    var memory: Memory?
    var kiosk = Kiosk()
    /// Milliseconds that its clock is ahead.
    var skew: Int64
    /// Until when somebody uses it; afterwards it sleeps.
    var awakeUntil: Int64 = 0
    /// Whether its timer ran out while it slept: it goes off as soon as somebody uses the device.
    var isOverdue = false
    var noRequestsUntil: Int64 = 0
    var noAnswersUntil: Int64 = 0
    /// Failed syncs in a row.
    var failures = 0
    /// The timer that counts; older ones are void.
    var timer = 0
    /// Requests so far: they number the next one.
    var requests = 0
    var plannedCrash: (writes: Int, isKept: Bool, downFor: Int64)?
    var live: [StreamID: Live] = [:]
    /// The device's own chance: ids and pauses.
    var dice: Dice
    var lastReply: ServerReply?

    var schemas: SchemaSet { isUpgraded ? ShopSchemas.second : ShopSchemas.first }

    mutating func drawReplica() -> ReplicaID { ReplicaID(high: dice.next(), low: dice.next() | 1) }

    /// A stream as the device holds it; an unknown one begins empty.
    func stream(_ id: StreamID) -> StreamReplica {
        memory?.streams[id]
            ?? StreamReplica(
                stream: id, schemas: schemas, schemaDigest: ShopSchemas.digest(of: schemas),
                replica: memory?.installation.replica ?? disk.installation.replica)
    }
}

/// A device without a store: it reads an entity, writes what a person decided on it, and repeats the
/// write under its key until it is answered.
struct Kiosk {
    struct Job {
        let mark: Mark
        let stream: StreamID
        let entity: EntityID
        let choice: UInt64
        /// What is written, once the entity has been read.
        var write: (message: Baton_V1_WriteRequest, seen: Offset?)?
    }

    /// What is to be done, the first one under way.
    var jobs: [Job] = []
    /// The request that is waited for.
    var request: Int?
}
