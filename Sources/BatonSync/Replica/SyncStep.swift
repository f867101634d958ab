package import BatonCore
package import BatonWire

/// The client as a whole, beside its streams: what is stored once.
package struct Installation: Sendable, Hashable {
    /// Under which id new events are written.
    package var replica: ReplicaID
    /// What to add to the device's clock, in milliseconds.
    package var clockCorrection: Int64

    /// Joins the parts.
    package init(replica: ReplicaID, clockCorrection: Int64) {
        self.replica = replica
        self.clockCorrection = clockCorrection
    }
}

extension Installation {
    /// Takes a correction back, or changes it, once somebody has set the device's clock. A clock that
    /// was never found to be ahead is left alone. Returns whether anything changed.
    mutating func reviseCorrection(wall: Int64, serverTime: Int64) -> Bool {
        guard clockCorrection != 0, abs(serverTime - wall) > SyncLimits.tolerableDrift else {
            return false
        }
        let wanted = serverTime - (wall - clockCorrection)
        clockCorrection = abs(wanted) > SyncLimits.tolerableDrift ? wanted : 0
        return true
    }
}

/// What one stream asked in a round.
package struct SyncAsk: Sendable {
    /// Which stream it is.
    package let stream: StreamID
    /// Who asks.
    package let replica: ReplicaID
    /// Where to pull from.
    package let cursor: String
    /// What is pushed, if anything.
    package let batch: OutgoingBatch?

    /// Joins the parts.
    package init(
        stream: StreamID, replica: ReplicaID, cursor: String, batch: OutgoingBatch?
    ) {
        self.stream = stream
        self.replica = replica
        self.cursor = cursor
        self.batch = batch
    }
}

/// What came of a stream's part of an answer, and what to do next.
package struct SyncStep: Sendable {
    /// What to do next.
    package enum Next: Sendable {
        /// Nothing is left to exchange.
        case done
        /// Ask again at once.
        case again
        /// Fetch a snapshot and take it with ``StreamReplica/replaceConfirmed(with:cursor:)``.
        case heal(ours: String, theirs: String)
        /// Fetch a snapshot and take it with ``StreamReplica/rebase(on:cursor:as:)``.
        case rebase
        /// What waits goes on in the stream that this one was adopted into.
        case move(to: StreamID)
        /// Give this stream up for this time.
        case fail(SyncFailure)
    }

    /// What was done.
    package var report = SyncReport()
    /// What to do next.
    package var next = Next.done
    /// What the log would not take yet, so that a second time in a row can be told.
    package var obstacle: PushOutcome.Obstacle?
    /// Whether anything came or went.
    package var isProgress = false
}

extension StreamReplica {
    /// Takes in a stream's part of a sync answer.
    ///
    /// `newID` is drawn for the case that the client must go on under another id. `previous` is what
    /// stood in the way one round before.
    package mutating func takeIn(
        _ result: Baton_V1_StreamSyncResult, on ask: SyncAsk, wall: Int64, serverTime: Int64,
        previous: PushOutcome.Obstacle?, newID: ReplicaID, installation: inout Installation
    ) throws(WireFailure) -> SyncStep {
        var step = SyncStep()
        var pushed = PushOutcome()
        if let batch = ask.batch, result.hasPushed {
            var verdicts: [Verdict] = []
            for message in result.pushed.verdicts { verdicts.append(try Verdict(message)) }
            pushed = takeIn(verdicts, on: batch)
        }
        let pulled = try takeIn(result.pulled, asked: ask.cursor, wall: wall)
        step.report.accepted = pushed.accepted
        step.report.duplicates = pushed.duplicates
        step.report.refused = pushed.refused
        step.report.pulled = pulled.entries
        step.report.snapshots = pulled.tookSnapshot ? 1 : 0
        step.obstacle = pushed.obstacle
        step.isProgress =
            pushed.accepted + pushed.duplicates + pushed.refused + pulled.entries > 0
            || pulled.tookSnapshot
        switch pushed.obstacle {
        case .clockDrift:
            let correction = installation.clockCorrection + serverTime - wall
            guard previous != .clockDrift else {
                step.next = .fail(clockFailure(by: correction))
                return step
            }
            installation.clockCorrection = correction
            step.report.healed.append(.clockCorrected(by: correction))
            restamp(serverTime: serverTime)
            step.next = .again
        case .cloned:
            goOn(as: newID, cloned: ask.batch?.replica, &installation, &step)
        case .gap(let expected):
            let isHeld = ask.batch.map { resend(from: Dot($0.replica, expected)) } ?? false
            step.next = previous != pushed.obstacle && isHeld ? .again : .rebase
        case .unknownContext:
            // The pull of this answer may have mended it.
            step.next = previous == .unknownContext ? .rebase : .again
        case .moved(let target?, _) where target != stream:
            step.next = .move(to: target)
        case .moved(_, let reason):
            step.next = .fail(SyncFailure(.streamMoved, reason, stream: stream))
        case .limited(let reason):
            step.next = .fail(SyncFailure(.overloaded, reason, stream: stream))
        case nil:
            if installation.reviseCorrection(wall: wall, serverTime: serverTime) {
                step.report.healed.append(.clockCorrected(by: installation.clockCorrection))
            }
            step.next = next(after: pulled)
            let isShared = pulled.isCloned || confirmed.vector[replica] >= nextCounter
            // Of what the log covers, the next push tells first whether it is ours.
            if isShared && !isUndecided || pulled.obstacle == .unheld && !isWaiting {
                goOn(as: newID, cloned: nil, &installation, &step)
            }
        }
        return step
    }

    private func next(after pulled: PullOutcome) -> SyncStep.Next {
        switch pulled.obstacle {
        case .hole(let expected, let got):
            return .fail(
                SyncFailure(
                    .unexpectedAnswer,
                    "the server's answer goes on at offset \(got) where \(expected) must follow",
                    stream: stream))
        case .damaged(let ours, let theirs):
            return .fail(.damagedSnapshot(ours: ours, theirs: theirs, of: stream))
        case .undecided, .unheld: return .again
        case .otherLog: return .rebase
        case nil: break
        }
        if let mismatch = pulled.mismatch {
            return .heal(ours: mismatch.ours, theirs: mismatch.theirs)
        }
        return pulled.more || isWaiting ? .again : .done
    }

    /// Goes on under another replica id, since another installation writes under this one.
    private mutating func goOn(
        as newID: ReplicaID, cloned: ReplicaID?, _ installation: inout Installation,
        _ step: inout SyncStep
    ) {
        let old = replica
        if installation.replica == old { installation.replica = newID }
        let count = reissue(
            as: installation.replica, cloned: cloned, context: isUndecided ? .known : .kept)
        step.report.healed.append(
            .replicaReplaced(
                stream: stream, old: old, new: installation.replica, reissued: count))
        step.isProgress = true
        step.next = .again
    }

    /// Whether the confirmed state covers events that wait: the log holds them, or a copy's in their
    /// place.
    private var isUndecided: Bool {
        outbox.contains { $0.fate == .waiting && confirmed.vector.covers($0.dot) }
    }

    private func clockFailure(by correction: Int64) -> SyncFailure {
        SyncFailure(
            .clockDrift,
            "the server still finds this device's clock ahead after a correction of "
                + "\(correction) ms; set the device's clock",
            stream: stream)
    }
}
