public import BatonCore

extension CustomerStream {
    /// Brings an anonymous stream over into this one, at login: what was in its cart is in this
    /// customer's cart then, by the schemas' adopt rules, once, however often and from wherever it is
    /// asked for. What this device had written there is sent first; what other devices still write there
    /// goes on here with their next sync, and what is written there on this one, too.
    ///
    /// It needs the server. A login need not wait for it: this stream can be shown and written at once, and
    /// the adoption be asked for again when there is a network.
    ///
    /// Cancellation: the adoption may be done all the same; asking again does no harm.
    ///
    /// - Returns: Whether this call brought it over; `false` where that was done before.
    /// - Throws: `stream-moved` where one of the two was adopted elsewhere, `forbidden` where the token does not
    ///   cover both, `offline` and the other failures of a sync.
    @discardableResult
    public func adopt(_ anonymous: StreamID) async throws(SyncFailure) -> Bool {
        let link = try client.serverLink()
        try await client.sync(anonymous)
        try await client.sync(id)
        let isNew = try await link.adopt(anonymous, into: id, channel: client.channel)
        try await client.sync(id)
        try await client.sync(anonymous)
        return isNew
    }

    /// The same by name.
    @discardableResult
    public func adopt(_ anonymous: String) async throws(SyncFailure) -> Bool {
        do {
            return try await adopt(try StreamID(anonymous))
        } catch let name as InvalidName {
            throw name.failure
        } catch {
            throw SyncFailure.wrapping(error, as: .unexpectedAnswer, "the adoption failed")
        }
    }
}
