import BatonCore
import BatonWire

/// A dot names one event for ever, also where the log is made anew from a backup that lacks it: what
/// stood under it in the lost log, and was seen by others there, is what stands under it again, or
/// nothing does. Except under the ids of a disk that was copied, since each copy may have gone on by
/// itself, and of an adoption, whose id follows from the names of the two streams (specification
/// section 9.6).
struct NoDotTwice: Promise {
    static let name = "no dot is used twice"

    private var lost: [StreamID: [Dot: History.Logged]] = [:]
    private var excepted: Set<ReplicaID> = []

    mutating func note(_ fact: Fact, _ histories: [StreamID: History]) -> Violation? {
        switch fact {
        case .cloned(_, _, let disk): excepted.formUnion(disk.replicas)
        case .restored(let log):
            for source in histories.keys {
                excepted.formUnion(
                    histories.keys.map { StreamAdoption(source: source, target: $0).replica })
            }
            for (stream, entries) in log.entries {
                for logged in entries { lost[stream, default: [:]][logged.entry.dot] = logged }
            }
        case .grew(let stream, let entries):
            for logged in entries {
                let dot = logged.entry.dot
                guard let before = lost[stream]?[dot], !excepted.contains(dot.replica),
                    !Self.isSame(before, logged)
                else { continue }
                return broken(
                    "\(stream) at \(logged.offset)",
                    expected: "\(dot) as it was in the log that was lost: "
                        + TraceText.of(before),
                    found: TraceText.of(logged))
            }
        default: break
        }
        return nil
    }

    /// A write keeps its name whatever becomes of it: it may be refused now, or no longer.
    private static func isSame(_ one: History.Logged, _ other: History.Logged) -> Bool {
        if let mark = one.mark { return mark == other.mark }
        return one.entry == other.entry
    }
}
