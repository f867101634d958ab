public import BatonCore

extension CustomerStream {
    /// Takes what an anonymous stream brought into this one out of it again, and lets that one go on as it was:
    /// for one who logged in as somebody else, or who wants the two apart. What was written here since the
    /// adoption stays, by whomever; so does what this or another device had pending there and has sent here.
    /// An order that was placed stays as well: it is cancelled, not undone. Asking again does no harm, and so
    /// does adopting anew.
    ///
    /// It needs the server. What this device has pending here is sent first.
    ///
    /// Cancellation: it may be undone all the same; asking again does no harm.
    ///
    /// - Returns: Whether this call undid it; `false` where that was done before.
    /// - Throws: `adoption-not-found` where this stream never adopted that one, `stream-moved` where this one was
    ///   itself adopted since (undo that first), `forbidden` where the token does not cover both, `offline` and
    ///   the other failures of a sync.
    @discardableResult
    public func undoAdoption(of anonymous: StreamID) async throws(SyncFailure) -> Bool {
        let link = try client.serverLink()
        try await client.sync(id)
        let isNew = try await link.undoAdoption(of: anonymous, by: id, channel: client.channel)
        try await client.sync(id)
        try await client.sync(anonymous)
        return isNew
    }

    /// The same by name.
    @discardableResult
    public func undoAdoption(of anonymous: String) async throws(SyncFailure) -> Bool {
        do {
            return try await undoAdoption(of: try StreamID(anonymous))
        } catch let name as InvalidName {
            throw name.failure
        } catch {
            throw SyncFailure.wrapping(error, as: .unexpectedAnswer, "the undo failed")
        }
    }
}
