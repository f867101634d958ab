public import BatonCore

/// A one-time code with which another device goes on with a stream of this one: show it, read it aloud,
/// or draw ``uri`` as a QR code.
public struct HandoffOffer: Sendable {
    let client: SyncClient
    let id: String
    /// To be read and typed by people: `K7QF-3M9T`.
    public let code: String
    /// What a QR code holds.
    public let uri: String
    /// The stream that is handed on.
    public let stream: StreamID
    /// When the code stops being worth anything: milliseconds since 1970 by the server's clock.
    public let expires: Int64

    /// Waits until somebody has claimed the code, or it has expired. Asks the server every second; while
    /// that cannot be reached, the wait goes on.
    ///
    /// Cancellation: ends the wait; the code stays what it is.
    ///
    /// - Throws: `unauthenticated`, `forbidden`, `client-closed`, and `offline` when cancelled or when the server
    ///   is not reached for a minute after the code's time.
    public func outcome() async throws(SyncFailure) -> HandoffOutcome {
        while true {
            do {
                let outcome = try await client.serverLink().outcome(ofHandoff: id)
                if let outcome { return outcome }
            } catch {
                let isOver = client.options.wallClock() > expires + SyncLimits.handoffPatience
                guard error.isPassing, !isOver else { throw error }
            }
            do {
                try await client.options.clock.sleep(for: SyncLimits.handoffPause)
            } catch {
                throw SyncFailure(.offline, "the wait for a hand-off was cancelled")
            }
        }
    }
}

/// What became of a code.
public enum HandoffOutcome: Sendable, Hashable {
    /// Another device goes on: since when, in milliseconds since 1970, and where it stands, if it said so.
    case claimed(at: Int64, channel: String?)
    /// Nobody came in time; or the server was started anew, which forgets open codes.
    case expired
}
