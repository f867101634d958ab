import BatonCore
import BatonLog
import BatonSync
import BatonWire

/// One promise of the system, watched while a world runs and judged at its end.
protocol Promise {
    /// The promise in a few words, by which a finding names it.
    static var name: String { get }

    /// Takes in something that happened. Returns how it breaks the promise, if it does.
    mutating func note(_ fact: Fact, _ histories: [StreamID: History]) -> Violation?

    /// How the end of the world breaks the promise, if it does.
    func judge(_ ending: Ending) -> Violation?
}

extension Promise {
    mutating func note(_ fact: Fact, _ histories: [StreamID: History]) -> Violation? { nil }

    func judge(_ ending: Ending) -> Violation? { nil }

    /// A breach of this promise.
    func broken(_ place: String, expected: String, found: String) -> Violation {
        Violation(promise: Self.name, place: place, expected: expected, found: found)
    }
}

/// What happens in a world, as far as a promise may be about it.
enum Fact {
    /// A person wrote something; `isTold`: and was told that it is safe.
    case wrote(Writing)
    /// A write of a thin client was answered: it is in the log, or was refused for good.
    case answered(StreamID, Mark, Offset?)
    /// The log has grown, durably.
    case grew(StreamID, [History.Logged])
    /// A snapshot has become durable; with the schemas under which it was made, where all know the
    /// same.
    case stored(StreamID, StoredSnapshot, SchemaSet?)
    /// An answer to a device says that these dots are in the log at these offsets.
    case acknowledged(device: Int, StreamID, [(dot: Dot, offset: Offset, mark: Mark?)])
    /// What a device holds has changed, or was read from its disk again.
    case looked(device: Int, StreamReplica, isRestart: Bool)
    /// A device mended a trouble.
    case healed(device: Int, HealedTrouble)
    /// A sync of a device failed.
    case failed(device: Int, SyncFailure)
    /// What waited in one stream on a device waits in the other now, which adopted it.
    case moved(device: Int, from: StreamID, to: StreamID, [Mark])
    /// A device's disk was copied onto another one.
    case cloned(from: Int, onto: Int, CopiedDisk)
    /// The log was made anew from a backup.
    case restored(LostLog)
}

/// What was on a device's disk that was copied onto another one.
struct CopiedDisk {
    /// Writes that were pending on it.
    var pending: [Mark] = []
    /// Writes that the log had taken, which it keeps in case the log is restored from a backup.
    var kept: [Mark] = []
    /// The ids under which it writes.
    var replicas: Set<ReplicaID> = []
}

/// What a log that was made anew from a backup lacks.
struct LostLog {
    /// The entries after the backup, by stream.
    let entries: [StreamID: [History.Logged]]
    /// Those writes among them that no device holds any more: they are gone, and nothing else may be.
    let gone: Set<Mark>
}

/// One write of a person.
struct Writing {
    let mark: Mark
    let device: Int
    let stream: StreamID
    /// What the person asked for, without keeps.
    let operations: [FieldOperation]
    /// What of the log the device had shown; `nil` where the server decides that.
    let seen: Offset?
    /// The same in dots, which mean the same in a log that is made anew from a backup; `nil` of a
    /// thin client's.
    var saw: VersionVector?
    /// Whether the device stands in a log that has been made anew since, and does not know it yet.
    var isBehind = false
    /// Whether the person was told that it is saved.
    let isTold: Bool
    /// Whether a thin client wrote it.
    let isThin: Bool
}

/// What is left when a world has come to rest.
struct Ending {
    let seed: UInt64
    let schemas: SchemaSet
    let histories: [StreamID: History]
    /// What the server answers as its state.
    let server: [StreamID: StreamState]
    /// The snapshots on the server's disk.
    let snapshots: [StreamID: StoredSnapshot]
    /// What each device with a store holds.
    let replicas: [(device: String, streams: [StreamID: StreamReplica])]
    /// The refused events on the disks, by stream.
    let refused: [StreamID: [(device: String, event: Event)]]
    /// What did not come to rest within the bound, if anything.
    let unsettled: String?
    /// The bound, in milliseconds.
    let bound: Int64

    /// The streams in order.
    var streams: [StreamID] { histories.keys.sorted() }
}

/// How a promise was broken.
package struct Violation: Sendable, Hashable {
    /// The promise's name.
    package let promise: String
    /// Where: a stream, a device.
    package let place: String
    /// What was promised here.
    package let expected: String
    /// What was found.
    package let found: String
}
