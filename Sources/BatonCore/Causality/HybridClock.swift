/// A hybrid logical clock: close to wall time, and never behind what it has seen.
///
/// Wall time comes in from outside, in milliseconds. Source: Kulkarni et al., "Logical Physical
/// Clocks and Consistent Snapshots in Globally Distributed Databases", 2014.
public struct HybridClock: Hashable, Sendable {
    /// How far a remote reading may stand ahead of the wall clock by default: one minute.
    public static let defaultDrift: Int64 = 60_000

    /// The highest reading given out or taken in.
    public private(set) var latest: Timestamp

    /// Starts from a stored reading; from zero on a new replica.
    public init(latest: Timestamp = Timestamp(milliseconds: 0)) { self.latest = latest }

    /// What became of a remote reading.
    public enum Observation: Hashable, Sendable {
        /// Taken in: every later local reading is after it.
        case accepted
        /// Left out, being this many milliseconds further ahead of the wall clock than allowed.
        case refused(excess: Int64)
    }

    /// A new reading, after every one before it.
    public mutating func read(wall: Int64) -> Timestamp {
        if wall > latest.milliseconds {
            latest = Timestamp(milliseconds: wall)
        } else if latest.tick == UInt32.max {
            latest = Timestamp(milliseconds: latest.milliseconds + 1)
        } else {
            latest = Timestamp(milliseconds: latest.milliseconds, tick: latest.tick + 1)
        }
        return latest
    }

    /// Takes in a remote reading, unless it stands more than `drift` ahead of the wall clock.
    public mutating func observe(
        _ remote: Timestamp, wall: Int64, drift: Int64 = defaultDrift
    ) -> Observation {
        if remote.milliseconds > wall {
            let (ahead, overflow) = remote.milliseconds.subtractingReportingOverflow(wall)
            guard !overflow, ahead <= drift else {
                return .refused(excess: overflow ? Int64.max : ahead - drift)
            }
        }
        latest = max(latest, remote)
        return .accepted
    }

    /// Forgets readings ahead of `wall`, after the wall clock was found to have been wrong.
    public mutating func reset(to wall: Int64) {
        latest = Timestamp(milliseconds: wall)
    }
}
