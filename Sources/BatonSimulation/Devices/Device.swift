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
        /// The digests of the server's schemas that were asked for, whatever came of it.
        var askedSchemas: Set<String> = []
    }

    /// A sync between a request and its answer.
    struct ExchangeUnderWay {
        enum Waiting {
            case answer([SyncAsk])
            case snapshot(ExchangePlan.SnapshotWanted)
            /// The schemas, which must be known before the answer at hand is taken in.
            case schemas(answer: [UInt8], [SyncAsk])
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
    let learnsSchemas: Bool
    let pace: Int64
    private(set) var isUpgraded: Bool
    /// The newer of those it was built with and those it has learned.
    private(set) var schemas: SchemaSet
    private(set) var schemaDigest: SchemaDigest
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

    init(
        _ plan: DevicePlan, index: Int, place: String, installation: Installation, dice: Dice
    ) {
        let isKiosk = plan.kind == .kiosk
        name = isKiosk ? "kiosk-\(index + 1)" : "device-\(index + 1)"
        self.index = index
        role = plan.role
        self.isKiosk = isKiosk
        self.place = place
        learnsSchemas = plan.learnsSchemas
        pace = plan.pace
        isUpgraded = plan.isUpgraded
        let inForce = ShopSchemas.inForce(isUpgraded: plan.isUpgraded, learned: nil)
        schemas = inForce.set
        schemaDigest = inForce.digest
        disk = SimulatedDisk(installation: installation)
        memory = isKiosk ? nil : Memory(installation: installation, streams: [:])
        skew = plan.skew
        self.dice = dice
    }

    /// The app is of a newer or older version from now on.
    mutating func setUpgraded(_ isUpgraded: Bool) {
        self.isUpgraded = isUpgraded
        chooseSchemas()
    }

    /// Stores schemas that the server has.
    mutating func learn(_ learned: SchemaSet) {
        disk.learned = learned
        chooseSchemas()
    }

    /// Becomes a copy of another device, as far as that is on its disk.
    mutating func copyDisk(of other: Device) {
        disk = other.disk
        isUpgraded = other.isUpgraded
        chooseSchemas()
    }

    private mutating func chooseSchemas() {
        let inForce = ShopSchemas.inForce(isUpgraded: isUpgraded, learned: disk.learned)
        schemas = inForce.set
        schemaDigest = inForce.digest
    }

    mutating func drawReplica() -> ReplicaID { ReplicaID(high: dice.next(), low: dice.next() | 1) }

    /// A stream as the device holds it; an unknown one begins empty.
    func stream(_ id: StreamID) -> StreamReplica {
        memory?.streams[id]
            ?? StreamReplica(
                stream: id, schemas: schemas, schemaDigest: schemaDigest,
                replica: memory?.installation.replica ?? disk.installation.replica)
    }
}

/// A device without a store: it reads an entity, writes what a person decided on it, and repeats the
/// write under its key until it is answered.
struct Kiosk {
    struct Job {
        let mark: Mark
        var stream: StreamID
        /// The stream that is to be adopted into the other; `nil` of a write.
        var adopts: StreamID?
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
