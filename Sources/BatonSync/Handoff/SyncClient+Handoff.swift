import BatonCore

extension SyncClient {
    /// Claims the code that another device shows, reads out or draws, and opens the stream that it hands
    /// on: from now on it is among those that are synced, with what the other device shared.
    ///
    /// This installation needs no login for that. What it was given is kept in the store, and is worth
    /// something until ``StreamShare/expires``. A lost answer does not cost the code.
    ///
    /// Cancellation: the code may be claimed all the same.
    ///
    /// - Parameter code: As a person types it or a camera reads it; ``HandoffOffer/code`` or ``HandoffOffer/uri``.
    /// - Throws: `handoff-not-found` where the code opens nothing (any more), `overloaded` after too many of
    ///   these, `offline`, `no-server`, `store-failed` and others.
    public func claim(_ code: String) async throws(SyncFailure) -> CustomerStream {
        let link = try serverLink()
        let key = options.drawReplica().description
        var claimed: ClaimedHandoff?
        var triesLeft = SyncLimits.claimTries
        while claimed == nil {
            triesLeft -= 1
            do {
                claimed = try await link.claim(code, channel: channel, key: key)
            } catch  where error.code == .offline && triesLeft > 0 {
                continue
            }
        }
        guard let claimed else { preconditionFailure("a claim that neither failed nor came") }
        try await local.take(claimed.share, of: claimed.stream)
        background.streamOpened()
        // What was claimed stands; a sync that fails is made up for by the next one.
        _ = try? await sync(claimed.stream)
        return stream(claimed.stream)
    }

    /// The calls to the server; fails where the client has none.
    func serverLink() throws(SyncFailure) -> ServerLink {
        guard let link else {
            throw SyncFailure(.noServer, "the client was opened without a server")
        }
        return link
    }

    /// The calls to the server about a stream: with the token that was handed over for it, while that is
    /// worth something, else with the app's own.
    func link(for stream: StreamID) -> ServerLink? {
        guard let link else { return nil }
        guard let share = local.share(of: stream), share.expires > wall else { return link }
        return link.showing(share.token)
    }

    /// The streams that one sync can carry together, since one token opens them.
    func groups(of streams: [StreamID]) -> [(link: ServerLink, streams: [StreamID])] {
        guard let link else { return [] }
        var own: [StreamID] = []
        var shared: [(link: ServerLink, streams: [StreamID])] = []
        for stream in streams {
            if let share = local.share(of: stream), share.expires > wall {
                shared.append((link.showing(share.token), [stream]))
            } else {
                own.append(stream)
            }
        }
        return (own.isEmpty ? [] : [(link, own)]) + shared
    }
}

extension CustomerStream {
    /// Makes a one-time code with which another device goes on with this stream: a second phone, or a
    /// kiosk that nobody logs in to. What is pending is sent first, so that it finds all that is here.
    ///
    /// - Parameters:
    ///   - entities: What is shared, and no more: `cart/main`, `order/main-*` for all orders of that cart, `*`
    ///     for all.
    ///   - codeLife: How long the code can be claimed; the server's default is five minutes.
    ///   - shareLife: How long the other device can go on, from the claim; half an hour by default.
    /// - Throws: `offline` and the other failures of a sync, `forbidden`, `refused-by-server` where the server
    ///   does not take a name or a time, `overloaded` where many codes are open.
    public func handOff(
        sharing entities: [String], codeLife: Duration? = nil, shareLife: Duration? = nil
    ) async throws(SyncFailure) -> HandoffOffer {
        let link = try client.serverLink()
        try await client.sync(id)
        let made = try await link.handOff(
            id, sharing: entities, codeSeconds: codeLife?.components.seconds,
            tokenSeconds: shareLife?.components.seconds)
        return HandoffOffer(
            client: client, id: made.id, code: made.code, uri: made.uri, stream: id,
            expires: made.expires)
    }

    /// What was handed to this device of the stream; `nil` where it was opened under the app's own token.
    public var share: StreamShare? { client.local.share(of: id) }
}
