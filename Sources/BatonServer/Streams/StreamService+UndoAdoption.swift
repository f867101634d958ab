package import BatonCore
package import BatonLog
package import BatonWire

extension StreamService {
    /// Takes what `source` brought into `target` out of it again, and lets `source` go on as it was
    /// (specification section 10.9).
    ///
    /// First what was brought is taken out of `target`, in one transaction with the record of that; then
    /// the mark is taken away from `source`. Whatever stops the server in between, the same call again, an
    /// adoption, or the next push to `source`, goes on from there. Cancelling undoes nothing.
    package func undoAdoption(
        of source: StreamKey, from target: StreamKey, channel: ChannelName
    ) async throws(Problem) -> Baton_V1_AdoptResponse {
        guard source != target else {
            throw Problem(.invalidParameter, "from names the stream itself: name the adopted one")
        }
        let adoption = StreamAdoption(source: source.stream, target: target.stream)
        try await settle(source)
        let (response, mark) = try await takeOut(source, of: target, by: adoption, channel: channel)
        try await reopen(source, markedAt: mark, by: adoption, channel: channel)
        return response
    }

    /// Takes out what was brought, unless that is done. Answers also where the mark stands in `source`.
    func takeOut(
        _ source: StreamKey, of target: StreamKey, by adoption: StreamAdoption,
        channel: ChannelName
    ) async throws(Problem) -> (response: Baton_V1_AdoptResponse, mark: Offset) {
        let writer = adoption.undoingReplica
        // A second time where another server was faster: then it is a duplicate.
        for _ in 0..<2 {
            let state = try await states.state(of: target).state
            let mark: Offset
            let first: Offset
            switch adoption.stand(in: state) {
            case .none:
                throw Problem(
                    .adoptionNotFound,
                    "\(target.stream) never adopted \(source.stream): there is nothing to undo")
            case .undone(let offset, let at):
                let response = adoption.response(
                    .duplicate(at), by: writer, counter: state.vector[writer], head: state.offset,
                    upTo: offset)
                return (response, offset)
            case .adopted(let offset, let at):
                // Nothing follows the mark of a stream that forwards.
                let head = try await head(of: source)
                mark = head.movedTo == adoption.target ? head.offset : offset
                first = at
            }
            let events = try undoing(
                adoption, markedAt: mark, in: state,
                before: try await before(first, of: target), schemas: schemas(of: target),
                channel: channel)
            let result = try await StateCache.asking { () async throws(LogFailure) in
                try await engine.append(events.request(receivedAt: wallClock()), to: target)
            }
            switch result.verdicts.last {
            case .accepted(let offset):
                let response = adoption.response(
                    .accepted(offset), by: writer, counter: events[events.count - 1].dot.counter,
                    head: result.head, upTo: mark)
                return (response, mark)
            case .refused(let refusal, _) where refusal.code == .streamMoved:
                throw Problem.moved(onwards: target.stream, to: refusal.movedTo)
            default: continue
            }
        }
        throw Problem(
            .overloaded,
            "the stream changed while \(source.stream) was taken out of it; try again")
    }

    /// Takes the mark at that offset away from `source`, unless it is gone or another one stands there.
    func reopen(
        _ source: StreamKey, markedAt mark: Offset, by adoption: StreamAdoption,
        channel: ChannelName
    ) async throws(Problem) {
        let head = try await head(of: source)
        guard head.movedTo == adoption.target, head.offset == mark else { return }
        let state = try await states.state(of: source).state
        guard state.offset == mark else { return }
        // Where another server was faster, its event has that number, and this one is not taken.
        try await endForwarding(
            of: source, channel: channel, counter: state.vector[engine.identity.replica].next)
    }

    /// The stream as it was before the adoption; `nil` where the log does not tell any more.
    private func before(
        _ first: Offset, of target: StreamKey
    ) async throws(Problem) -> StreamState? {
        guard first > .start else { return nil }
        do {
            return try await states.state(
                of: target, at: Offset(rawValue: first.rawValue - 1), archive: archive)
        } catch {
            guard error.slug == .compacted else { throw error }
            return nil
        }
    }

    /// The events that take out what was brought; a problem where there are none that every reader takes.
    private func undoing(
        _ adoption: StreamAdoption, markedAt mark: Offset, in state: StreamState,
        before: StreamState?, schemas: SchemaSet, channel: ChannelName
    ) throws(Problem) -> [Event] {
        let purpose = "to take \(adoption.source) out of \(adoption.target)"
        let writer = adoption.undoingReplica
        var brought = VersionVector()
        brought.insert(Dot(adoption.replica, state.vector[adoption.replica]))
        let groups = adoption.takingOut(of: state, before: before, schemas: schemas)
        var counter = state.vector[writer].next
        func event(at timestamp: Timestamp, _ operations: [FieldOperation]) -> Event {
            // It has seen what was adopted, and not even what an earlier undo wrote here.
            Event(
                dot: Dot(writer, counter),
                context: Context(replica: writer, own: .none, seen: .start, beyond: brought),
                timestamp: timestamp, channel: channel, operations: operations)
        }
        // The second one says that it has not seen the first.
        let header = Event(
            dot: Dot(writer, counter.next), context: event(at: latest, []).context,
            timestamp: latest, channel: channel, operations: [])
        let packing = AdoptionPacking(
            header: header, purpose: purpose, schemas: schemas, keeps: { _ in [] })
        let all = [[adoption.recordOfUndo(mark)]] + groups
        return try AdoptionPacking.packed(all, by: packing).map { operations in
            let event = event(at: readClock(), operations)
            counter = counter.next
            return event
        }.readable(purpose)
    }
}

extension Problem {
    /// The problem that answers the undo of an adoption into a stream that was itself adopted.
    fileprivate static func moved(onwards stream: StreamID, to other: StreamID?) -> Problem {
        let reason =
            "\(stream) was itself adopted into \(other ?? stream): undo that adoption first"
        return Problem(Refusal(.streamMoved, reason, movedTo: other), members: [:])
    }
}
