import BatonCore

/// One event that a server said it has.
struct Acknowledgement: Sendable {
    let stream: StreamID
    let dot: Dot
    /// What was pushed; `nil` where the server itself wrote the event down for a thin client.
    let digest: UInt64?
    /// The mark of the write.
    let mark: Mark?
}
