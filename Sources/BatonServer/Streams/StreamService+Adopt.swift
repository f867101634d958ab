package import BatonCore
package import BatonLog
package import BatonWire
import SwiftProtobuf

extension StreamService {
    /// Brings the state of `source` over into `target`, and forwards those who write to `source`.
    ///
    /// What does not go into events is found before anything is written. Then the mark goes into
    /// `source`, in one transaction with closing it to new events; then its state, which can no longer
    /// grow, goes into `target`, also in one transaction. Whatever stops the server in between, the
    /// same call again, or the next push to `source`, goes on from there; and what was adopted is not
    /// adopted twice. Cancelling undoes nothing.
    package func adopt(
        _ source: StreamKey, into target: StreamKey, channel: ChannelName
    ) async throws(Problem) -> Baton_V1_AdoptResponse {
        let adoption = StreamAdoption(source: source.stream, target: target.stream)
        guard source != target else {
            throw Problem(.invalidParameter, "from names the stream itself: name another one")
        }
        try await requireTakesEvents(target)
        try await settle(source)
        try await requireFits(source, into: target, by: adoption, channel: channel)
        try await forward(source, by: adoption, channel: channel)
        do throws(Problem) {
            // Two streams that adopt each other at once would both be closed.
            try await requireTakesEvents(target)
        } catch {
            try await endForwarding(of: source, channel: channel, counter: nil)
            throw error
        }
        return try await bring(source, into: target, by: adoption, channel: channel)
    }

    /// Carries out the rest of what was stopped halfway at `source`, if anything was: of its adoption
    /// by another stream, or of the undo of one.
    func settle(_ source: StreamKey) async throws(Problem) {
        let mark = try await head(of: source)
        guard let stream = mark.movedTo else { return }
        let target = StreamKey(tenant: source.tenant, stream: stream)
        let adoption = StreamAdoption(source: source.stream, target: stream)
        switch adoption.stand(in: try await states.state(of: target).state) {
        case .adopted: return
        // An adoption after that undo left a mark of its own, behind it.
        case .undone(let offset, _) where offset >= mark.offset:
            try await reopen(source, markedAt: offset, by: adoption, channel: serviceChannel)
        case .undone, .none:
            _ = try await bring(source, into: target, by: adoption, channel: serviceChannel)
        }
    }

    /// Where a stream's log stands, and what it forwards to.
    func head(of key: StreamKey) async throws(Problem) -> LogHead {
        try await StateCache.asking { () async throws(LogFailure) in
            try await engine.head(of: key)
        }
    }

    private func requireTakesEvents(_ key: StreamKey) async throws(Problem) {
        guard let other = try await head(of: key).movedTo else { return }
        throw Problem.moved(key.stream, to: other)
    }

    /// Makes sure, as long as `source` takes events, that its state goes into events of `target`.
    private func requireFits(
        _ source: StreamKey, into target: StreamKey, by adoption: StreamAdoption,
        channel: ChannelName
    ) async throws(Problem) {
        guard try await head(of: source).movedTo == nil else { return }
        let old = try await states.state(of: source).state
        let state = try await states.state(of: target).state
        if case .adopted = adoption.stand(in: state) { return }
        let wall = wallClock()
        _ = try events(
            of: adoption, bringing: old, onto: state, channel: channel,
            schemas: schemas(of: target), stamp: { Timestamp(milliseconds: wall) })
    }

    /// Leaves the mark, unless it is there.
    private func forward(
        _ source: StreamKey, by adoption: StreamAdoption, channel: ChannelName
    ) async throws(Problem) {
        let result = try await append(
            [adoption.mark], to: source, channel: channel, forwarding: .to(adoption.target))
        guard case .refused(let refusal, _)? = result.verdicts.first else { return }
        guard refusal.code == .streamMoved, let other = refusal.movedTo else {
            throw Problem(refusal, members: [:])
        }
        if other != adoption.target { throw Problem.moved(source.stream, to: other) }
    }

    /// Takes the mark away: with `counter`, only where the server writes that as its event of this number.
    func endForwarding(
        of source: StreamKey, channel: ChannelName, counter: Counter?
    ) async throws(Problem) {
        let mark = StreamAdoption(source: source.stream, target: source.stream).mark
        let ending = FieldOperation(mark.entity, mark.path, .clear)
        _ = try await append(
            [ending], to: source, channel: channel, forwarding: .ended, counter: counter)
    }

    /// One event under the server's own replica id, on top of all of the log.
    private func append(
        _ operations: [FieldOperation], to key: StreamKey, channel: ChannelName,
        forwarding: StreamForwarding, counter: Counter? = nil
    ) async throws(Problem) -> AppendResult {
        let state = try await states.state(of: key).state
        let replica = engine.identity.replica
        let own = state.vector[replica]
        let event = Event(
            dot: Dot(replica, own.next),
            context: Context(replica: replica, own: own, seen: state.offset),
            timestamp: readClock(), channel: channel, operations: operations)
        var message = event.message
        // The log may give the event a later counter than this one: what it has seen stays.
        message.own = own.rawValue
        var body: [UInt8] = []
        EventFrames.append(Protobuf.encode(message), to: &body)
        let request = AppendRequest(
            replica: replica, firstCounter: counter, body: body,
            entries: [AppendRequest.Entry(length: body.count, seen: state.offset)],
            receivedAt: wallClock(), forwarding: forwarding)
        return try await StateCache.asking { () async throws(LogFailure) in
            try await engine.append(request, to: key)
        }
    }

    /// Writes the state of `source` into `target`, unless that is done.
    private func bring(
        _ source: StreamKey, into target: StreamKey, by adoption: StreamAdoption,
        channel: ChannelName
    ) async throws(Problem) -> Baton_V1_AdoptResponse {
        let old = try await states.state(of: source).state
        // A second time where another server was faster: then it is a duplicate.
        for _ in 0..<2 {
            let state = try await states.state(of: target).state
            switch adoption.stand(in: state) {
            case .adopted(let offset, let first):
                return adoption.response(
                    .duplicate(first), by: adoption.replica,
                    counter: state.vector[adoption.replica], head: state.offset, upTo: offset)
            case .undone(let offset, _) where offset >= old.offset:
                throw Problem(
                    .overloaded,
                    "the adoption of \(source.stream) was undone at this moment; try again")
            case .undone, .none: break
            }
            let events = try events(
                of: adoption, bringing: old, onto: state, channel: channel,
                schemas: schemas(of: target), stamp: readClock)
            let result = try await StateCache.asking { () async throws(LogFailure) in
                try await engine.append(
                    events.request(receivedAt: wallClock()), to: target)
            }
            switch result.verdicts.last {
            case .accepted(let offset):
                let last = Counter(
                    rawValue: result.firstCounter.rawValue + UInt64(result.verdicts.count) - 1)
                return adoption.response(
                    .accepted(offset), by: adoption.replica, counter: last, head: result.head,
                    upTo: old.offset)
            case .refused(let refusal, _) where refusal.code == .streamMoved:
                throw Problem.moved(target.stream, to: refusal.movedTo ?? target.stream)
            default: continue
            }
        }
        throw Problem(
            .overloaded, "the stream changed while it adopted \(source.stream); try again")
    }

    /// The events that bring `old` over; a problem where there are none that every reader takes.
    private func events(
        of adoption: StreamAdoption, bringing old: StreamState, onto state: StreamState,
        channel: ChannelName, schemas: SchemaSet, stamp: () -> Timestamp
    ) throws(Problem) -> [Event] {
        let purpose = "to adopt \(adoption.source) into \(adoption.target)"
        let groups =
            [[adoption.record(old.offset)]]
            + state.adopting(old, by: adoption.replica, schemas: schemas, apart: adoption.apart)
        let edits = EntryEdits(groups.joined(), schemas: schemas)
        var own = state.vector[adoption.replica]
        func event(at timestamp: Timestamp, _ operations: [FieldOperation]) -> Event {
            Event(
                dot: Dot(adoption.replica, own.next),
                context: Context(replica: adoption.replica, own: own, seen: state.offset),
                timestamp: timestamp, channel: channel, operations: operations)
        }
        let packing = AdoptionPacking(
            header: event(at: latest, []), purpose: purpose, schemas: schemas
        ) { state.adoptionKeeps(for: $0, among: edits, schemas: schemas) }
        return try AdoptionPacking.packed(groups, by: packing).map { operations in
            let event = event(at: stamp(), operations)
            own = own.next
            return event
        }.readable(purpose)
    }

    /// A timestamp with no fewer bytes than any that is read now.
    var latest: Timestamp { Timestamp(milliseconds: wallClock(), tick: .max) }

    /// Where the server stands when nobody else does.
    var serviceChannel: ChannelName {
        do {
            return try ChannelName("service")
        } catch {
            preconditionFailure("service is \(error)")
        }
    }
}

extension Problem {
    /// The problem that answers a write to a stream that was adopted into another.
    static func moved(_ stream: StreamID, to other: StreamID) -> Problem {
        Problem(
            Refusal(
                .streamMoved,
                "\(stream) was adopted into \(other): name that one instead", movedTo: other),
            members: [:])
    }
}
