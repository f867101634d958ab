package import BatonCore

/// What happens in one simulated world: who is there, what they do, and what goes wrong when.
///
/// Drawn from a seed before the world begins, so that a part of it can be left out and the rest
/// still happens: that is how a failure is shrunk. What only the run can know, such as how long a
/// message takes, is drawn from the seed under the name of what it is for.
package struct Scenario: Sendable {
    /// The seed that it was drawn from, and that the run draws from.
    package let seed: UInt64
    /// The devices with a store of their own, and those without.
    package var devices: [DevicePlan]
    /// How many streams there are.
    package var streams: Int
    /// How bad the network is.
    package var network: NetworkPlan
    /// How many events the server folds before it stores a snapshot.
    package var eventsPerSnapshot: UInt64
    /// What happens, in the order of time.
    package var steps: [Step]

    /// The last moment at which something is planned.
    var lastMoment: Int64 { steps.last?.time ?? 0 }
}

/// One device of a world.
package struct DevicePlan: Sendable {
    /// What kind of device it is.
    package enum Kind: Sendable {
        /// An app with the SDK and a store.
        case app
        /// A kiosk without a store, that writes through the server.
        case kiosk
    }

    /// What kind of device it is.
    package var kind: Kind
    /// Who uses it.
    package var role: Role
    /// Milliseconds that its clock is ahead.
    package var skew: Int64
    /// Whether it knows the newer schemas from the start.
    package var isUpgraded: Bool
    /// Whether it asks the server for schemas that it lacks.
    package var learnsSchemas = true
    /// Milliseconds from one sync to the next while it is awake and nothing calls for one earlier.
    package var pace: Int64 = 30_000
}

/// How bad a network is, in so many messages of 1,000.
package struct NetworkPlan: Sendable {
    /// Messages that are lost.
    package var lost: Int
    /// Messages that come twice.
    package var doubled: Int
    /// Messages that take up to a minute, so that later ones overtake them.
    package var late: Int
    /// Whether the server tells devices of changes at once.
    package var isLive: Bool

    /// Nothing goes wrong.
    package static let clean = NetworkPlan(lost: 0, doubled: 0, late: 0, isLive: true)
}

/// One thing that happens in a world.
package struct Step: Sendable {
    /// Its number in the scenario as it was drawn: it names what the step writes.
    package let number: Int
    /// When: milliseconds after the beginning.
    package let time: Int64
    /// What.
    package let kind: StepKind
}

/// What may happen in a world. Devices and streams go by their numbers.
package enum StepKind: Sendable {
    /// A person does something in a shop; what exactly is up to `choice` and to what the device
    /// shows then.
    case act(device: Int, stream: Int, choice: UInt64)
    /// No requests, no answers, or neither get through for a while.
    case partition(device: Int, up: Bool, down: Bool, lasting: Int64)
    /// The device dies at its n-th write from now on; the write is on disk or lost.
    case crashDevice(Int, atWrite: Int, isKept: Bool, downFor: Int64)
    /// The server dies: at its n-th write from now on, with so many of the writes that were not
    /// synced on disk after all.
    case crashServer(atWrite: Int, moment: CrashMoment, kept: Int, downFor: Int64)
    /// Somebody works with the device for so long: it stays awake.
    case stay(device: Int, lasting: Int64)
    /// Somebody logs in: at a device without a store, one stream is adopted into another.
    case adopt(from: Int, into: Int, device: Int)
    /// Somebody sets the device's clock.
    case setClock(device: Int, ahead: Int64)
    /// The server's clock jumps.
    case setServerClock(ahead: Int64)
    /// One device's disk is copied onto another device, which is a new one from then on.
    case clone(from: Int, onto: Int)
    /// The stream is compacted up to a part of what is covered by a snapshot.
    case compact(stream: Int, choice: UInt64)
    /// The device gets the newer schemas.
    case upgrade(device: Int)
    /// The server gets the newer schemas.
    case upgradeServer
    /// The server's disk is full for a while.
    case fillDisk(lasting: Int64)
    /// Ops make a backup of the server's log.
    case backUp
    /// The server's log is lost, and made anew from the last backup.
    case restore(downFor: Int64)
}

/// When in its write a server dies.
package enum CrashMoment: Int, Sendable, CaseIterable {
    /// Before anything is written.
    case beforeWrite
    /// After the write, before it is synced.
    case beforeSync
    /// After the sync, before the answer leaves.
    case beforeAnswer
}
