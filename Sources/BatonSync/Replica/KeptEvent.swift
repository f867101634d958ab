package import BatonCore
import BatonWire

/// An own event that the log has taken and the confirmed state covers, kept for a while: should the
/// log be restored from a backup that lacks it, it is written anew (specification section 9.6).
package struct KeptEvent: Sendable, Hashable {
    /// The event's identity.
    package let dot: Dot
    /// The event's bytes; decoded only where they are needed again.
    package let encoded: [UInt8]
    /// What its writer had seen of the log, in dots; `nil` where that was not noted.
    package let saw: VersionVector?

    /// Joins the parts.
    package init(dot: Dot, encoded: [UInt8], saw: VersionVector?) {
        self.dot = dot
        self.encoded = encoded
        self.saw = saw
    }

    /// The event as one that waits to be pushed again.
    var pending: PendingEvent {
        get throws(WireFailure) {
            PendingEvent(try Event(encoded: encoded, dot: dot), encoded: encoded, saw: saw)
        }
    }
}

extension StreamReplica {
    /// Keeps events that have left the outbox, and lets go of the oldest beyond the limits.
    mutating func keep(_ events: [PendingEvent]) {
        for event in events {
            kept.append(KeptEvent(dot: event.dot, encoded: event.encoded, saw: event.saw))
        }
        keptBytes += events.reduce(0) { $0 + $1.encoded.count }
        var dropped = 0
        while dropped < kept.count,
            kept.count - dropped > SyncLimits.keptEvents || keptBytes > SyncLimits.keptBytes
        {
            keptBytes -= kept[dropped].encoded.count
            changes.outbox.insert(kept[dropped].dot)
            dropped += 1
        }
        kept.removeFirst(dropped)
    }
}
