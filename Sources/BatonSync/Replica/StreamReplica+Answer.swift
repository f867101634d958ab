package import BatonCore
package import BatonWire

extension StreamReplica {
    /// Takes in a stream's part of a sync answer, also where it is a problem of that stream.
    package mutating func takeIn(
        answer result: Baton_V1_StreamSyncResult, on ask: SyncAsk, wall: Int64, serverTime: Int64,
        previous: PushOutcome.Obstacle?, newID: ReplicaID, installation: inout Installation
    ) throws -> SyncStep {
        guard SyncLimits.serverTimes.contains(serverTime) else {
            throw SyncFailure(
                .unexpectedAnswer, "the server says that its clock stands at \(serverTime)",
                stream: stream)
        }
        guard result.hasProblem else {
            if result.pulled.otherLog && result.pulled.hasSnapshot {
                return try takeIn(
                    otherLog: result.pulled.snapshot, newID: newID, installation: &installation)
            }
            return try takeIn(
                result, on: ask, wall: wall, serverTime: serverTime, previous: previous,
                newID: newID, installation: &installation)
        }
        let failure = Problem.failure(of: result.problem)
        guard failure.problem == "invalid-cursor" else {
            throw SyncFailure(
                failure.code, failure.message, cause: failure.cause, problem: failure.problem,
                stream: stream)
        }
        var step = SyncStep()
        step.next = .rebase
        return step
    }

    /// Takes in a snapshot that an exchange asked for. Returns what was mended by it.
    package mutating func takeIn(
        _ message: Baton_V1_Snapshot, for wanted: ExchangePlan.SnapshotWanted, newID: ReplicaID,
        installation: inout Installation
    ) throws -> HealedTrouble {
        let state = try checked(message)
        switch wanted.purpose {
        case .heal(let ours, let theirs):
            // What was pulled meanwhile (by a live event) is newer, and is checked in its turn.
            if state.offset >= confirmed.offset {
                replaceConfirmed(with: state, cursor: message.cursor)
            }
            return .stateReplaced(stream: stream, ours: ours, theirs: theirs)
        case .rebase:
            return try rebase(
                on: state, cursor: message.cursor, newID: newID, installation: &installation)
        }
    }

    /// Takes in the snapshot of another log than the one that the client stood in. Whatever was
    /// pushed with the question was not taken.
    private mutating func takeIn(
        otherLog message: Baton_V1_Snapshot, newID: ReplicaID, installation: inout Installation
    ) throws -> SyncStep {
        var step = SyncStep()
        step.report.healed = [
            try rebase(
                on: try checked(message), cursor: message.cursor, newID: newID,
                installation: &installation)
        ]
        step.report.snapshots = 1
        step.isProgress = true
        step.next = .again
        return step
    }

    private mutating func rebase(
        on state: StreamState, cursor: String, newID: ReplicaID,
        installation: inout Installation
    ) throws(WireFailure) -> HealedTrouble {
        // Another stream may have gone over to a new id already.
        let next = installation.replica == replica ? newID : installation.replica
        let old = replica
        let count = try rebase(on: state, cursor: cursor, as: next)
        if replica != old { installation.replica = next }
        return .logReplaced(stream: stream, reissued: count)
    }

    private func checked(_ message: Baton_V1_Snapshot) throws(SyncFailure) -> StreamState {
        let state: StreamState
        do {
            state = try StreamState(message.state, offset: Offset(wire: message.offset))
        } catch {
            throw SyncFailure(
                .unexpectedAnswer, "the server's snapshot cannot be read",
                cause: error.description, stream: stream)
        }
        let ours = StateHash(of: state).description
        guard ours == message.stateHash else {
            throw .damagedSnapshot(ours: ours, theirs: message.stateHash, of: stream)
        }
        return state
    }
}

extension SyncFailure {
    /// That a snapshot does not have the hash that it names, so that nothing of it was taken.
    static func damagedSnapshot(
        ours: String, theirs: String, of stream: StreamID
    ) -> SyncFailure {
        SyncFailure(
            .stateMismatch,
            "the server's snapshot does not have the hash that it names; nothing of it was taken, "
                + "and the next sync asks again: if it stays so, run baton verify on the server",
            cause: "ours \(ours), the server's \(theirs)", stream: stream)
    }
}
