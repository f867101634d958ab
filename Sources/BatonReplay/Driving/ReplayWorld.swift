import BatonSync
import Foundation

/// What all people of a replay share.
struct ReplayWorld: Sendable {
    let options: ReplayOptions
    /// The way to the server.
    let network: any SyncTransport
    let token: String
    /// The folder for the devices' stores.
    let folder: String
    /// Tells this run's replica ids and idempotency keys from those of other runs.
    let run: UInt64
    let tally = NetworkTally()
    let patience = Patience(longest: Patience.longest)
}
