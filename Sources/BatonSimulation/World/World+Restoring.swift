import BatonCore
import BatonLog
import BatonSync
import BatonWire

// A log that is lost, and made anew from a backup (specification section 9.6).
extension World {
    /// The server's log is lost, and made anew from the last backup; where there is none, nothing
    /// happens. Whoever restores it has switched the old one off: no answer of it is under way.
    func restore(downFor: Int64) {
        guard log.hasBackup else { return }
        tally.restores += 1
        log.crash(keeping: 0)
        executor.drain()
        var dice = Dice(seed: scenario.seed, 10, UInt64(tally.restores))
        let identity = LogIdentity(
            epoch: String(String(dice.next() | 1 << 63, radix: 16).prefix(16)),
            replica: ReplicaID(high: dice.next(), low: dice.next() | 1))
        let ends = log.restore(as: sabotage == .restoresUnderOldName ? log.identity : identity)
        var lost: [StreamID: [History.Logged]] = [:]
        for stream in streams {
            let end = ends[key(stream)] ?? .start
            lost[stream] = histories[stream]?.cut(after: end)
            note("server    is made anew from a backup, in which \(stream) ends at \(end)")
        }
        isServerUp = false
        serverRun += 1
        firstRun = serverRun + 1
        for index in devices.indices {
            devices[index].live = [:]
            forgetWrites(of: index)
        }
        let marks = Set(lost.values.joined().compactMap(\.mark))
        happen(.restored(LostLog(entries: lost, gone: marks.subtracting(heldMarks()))))
        queue.plan(.serverStarts, at: now + downFor)
    }

    /// What a person saw at a kiosk and was about to write is of a log that is gone. Nobody was told
    /// that it is saved.
    private func forgetWrites(of index: Int) {
        guard devices[index].isKiosk else { return }
        devices[index].kiosk.jobs.removeAll { $0.write != nil }
        devices[index].kiosk.request = nil
        goOn(kiosk: index)
    }

    /// The writes that are on any device's disk, whatever became of them.
    private func heldMarks() -> Set<Mark> {
        var held: Set<Mark> = []
        for device in devices {
            do {
                let streams = try device.disk.load(
                    schemas: device.schemas, digest: device.schemaDigest)
                for stream in streams.values {
                    held.formUnion(stream.outbox.compactMap { Mark(of: $0.event) })
                    held.formUnion(stream.inbox.compactMap { Mark(of: $0.event) })
                    held.formUnion(try stream.keptMarks())
                }
            } catch { breaks(device.name, "a disk that can be read", "\(error)") }
        }
        return held
    }

    /// Whether a device keeps writes in case the log lacks them, and it does.
    func isNeeded(_ stream: StreamReplica) -> Bool {
        guard tally.restores > 0, let kept = try? stream.keptMarks() else { return false }
        return kept.contains { mark in
            !histories.values.contains { $0.places[mark] != nil }
        }
    }

    /// Whether a device stands in a log that has been made anew since.
    func isBehind(_ stream: StreamReplica) -> Bool {
        !stream.cursor.isEmpty && !stream.cursor.hasPrefix(log.identity.epoch + "-")
    }
}

extension StreamReplica {
    /// The writes that the log had taken and that are kept in case it is made anew without them.
    func keptMarks() throws(WireFailure) -> [Mark] {
        var marks: [Mark] = []
        for event in kept {
            if let mark = Mark(of: try Event(encoded: event.encoded, dot: event.dot)) {
                marks.append(mark)
            }
        }
        return marks
    }
}
