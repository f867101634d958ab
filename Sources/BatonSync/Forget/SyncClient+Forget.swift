public import BatonCore

extension SyncClient {
    /// Erases a stream from this device: from the store's files to the last byte, from memory, and from
    /// what is synced. For shared devices, and for leaving an account.
    ///
    /// What is pending is sent first. Where that fails, nothing is erased, and the failure says how much
    /// would be lost; ``CustomerStream/unsentWrites`` says what. Whoever wants to erase it all the same
    /// says so. Handles of the stream that are still around show nothing from then on, and writing
    /// through them fails as `stream-forgotten`; ``stream(_:)-(StreamID)`` opens it anew, as a new device would.
    ///
    /// The store's files hold afterwards what its tables hold, and no more: O(store). What the file system
    /// or the medium keeps of bytes that were written over is theirs to say.
    ///
    /// Cancellation: an erasure that has begun is carried out. One that is cut off with the process is
    /// finished when the store is opened next.
    ///
    /// - Parameters:
    ///   - stream: The stream to erase. One that this device does not hold is no error.
    ///   - losingUnsent: Whether what cannot be sent is erased as well.
    /// - Returns: What was erased and is in no log: writes that were refused, and with `losingUnsent` those that
    ///   wait.
    /// - Throws: `would-lose`, `store-failed`, `store-full`, `client-closed`.
    @discardableResult
    public func forget(
        _ stream: StreamID, losingUnsent: Bool = false
    ) async throws(SyncFailure) -> [UnsentWrite] {
        var cause: SyncFailure?
        if local.stream(stream).isWaiting, link != nil {
            do {
                try await sync(stream)
            } catch {
                cause = error
            }
        }
        let lost = try await local.forget(stream, losingUnsent: losingUnsent, cause: cause)
        background.streamClosed()
        showCounts()
        return lost
    }
}

extension CustomerStream {
    /// What was written here and is in no log: what waits to be sent, then what was refused for good and
    /// the app has not decided on.
    public var unsentWrites: [UnsentWrite] { client.local.stream(id).unsentWrites }
}
