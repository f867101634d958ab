import BatonCore
import BatonServer
import BatonWire

/// Kiosks: thin clients that read an entity, decide on what it shows, and write through the server.
extension World {
    /// A person decides to do something at a kiosk.
    func decide(_ step: Step, on index: Int, in stream: StreamID, choice: UInt64) {
        var dice = Dice(seed: choice)
        let name = dice.pick([
            "cart/main", "cart/main", "order/main-1", "order/direct-1", "profile/main",
        ])
        guard let entity = try? EntityID(name) else { return }
        devices[index].kiosk.jobs.append(
            Kiosk.Job(mark: Mark(step.number), stream: stream, entity: entity, choice: choice))
        goOn(kiosk: index)
    }

    /// Sends what the kiosk is at: the read, or the write of the first job.
    func goOn(kiosk index: Int) {
        guard devices[index].kiosk.request == nil, let job = devices[index].kiosk.jobs.first else {
            return
        }
        if let source = job.adopts {
            devices[index].kiosk.request = send(.adopt(source, into: job.stream), from: index)
        } else if let write = job.write {
            devices[index].kiosk.request = send(
                .write(job.stream, job.entity, write.message, key: "key-\(job.mark)"), from: index)
        } else {
            devices[index].kiosk.request = send(.entity(job.stream, job.entity), from: index)
        }
    }

    /// A person logs in: what was done before comes along.
    func logIn(_ step: Step, at index: Int, adopting source: StreamID, into target: StreamID) {
        guard let nothing = try? EntityID("identity/self") else { return }
        tally.logins += 1
        note("\(devices[index].name)  has \(source) adopted into \(target)")
        devices[index].kiosk.jobs.append(
            Kiosk.Job(
                mark: Mark(step.number), stream: target, adopts: source, entity: nothing,
                choice: 0))
        goOn(kiosk: index)
    }

    func timeOut(kiosk index: Int, _ request: Int) {
        guard devices[index].kiosk.request == request else { return }
        devices[index].kiosk.request = nil
        goOn(kiosk: index)
    }

    private func tryLater(_ index: Int) {
        queue.plan(.kioskGoesOn(index), at: now + devices[index].dice.within(500...8_000))
    }

    /// An answer reaches a kiosk.
    func answer(kiosk index: Int, _ number: Int, _ reply: ServerReply) {
        guard devices[index].kiosk.request == number, let job = devices[index].kiosk.jobs.first
        else { return }
        devices[index].kiosk.request = nil
        switch reply {
        case .entity(let value, let offset): prepare(index, job, value, offset)
        case .problem(.streamNotFound, _, _), .problem(.entityNotFound, _, _):
            prepare(index, job, nil, nil)
        case .adopted(let response):
            tally.adoptions += 1
            note(
                "\(devices[index].name)  is told that \(job.stream) has all up to "
                    + "\(response.adopted) of the other")
            devices[index].kiosk.jobs.removeFirst()
            goOn(kiosk: index)
        case .problem(.streamMoved, let detail, let target) where job.adopts != nil:
            note(
                "\(devices[index].name)  is told that it cannot be: \(detail), \(target ?? job.stream)"
            )
            devices[index].kiosk.jobs.removeFirst()
            goOn(kiosk: index)
        case .problem(.streamMoved, _, let target?):
            // Nothing was written there: what the person wants goes on in the other stream.
            devices[index].kiosk.jobs[0].stream = target
            devices[index].kiosk.jobs[0].write = nil
            goOn(kiosk: index)
        case .written(let response):
            let verdict = try? Verdict(response.verdict)
            switch verdict {
            case .accepted(let offset)?: finish(index, job, at: offset)
            // Below the horizon the answer does not say where it stands.
            case .duplicate(let offset)?: finish(index, job, at: offset)
            default: breaks(devices[index].name, "a verdict that it is written", "\(reply)")
            }
        case .problem(.compacted, _, _):
            // What the person saw is gone: read again. The key was not used.
            devices[index].kiosk.jobs[0].write = nil
            goOn(kiosk: index)
        case .problem(let slug, let detail, _) where slug.isFinal:
            note(
                "\(devices[index].name)  is told that \(job.mark) may not be: \(slug.rawValue), \(detail)"
            )
            devices[index].kiosk.jobs.removeFirst()
            happen(.answered(job.stream, job.mark, nil))
            goOn(kiosk: index)
        case .problem: tryLater(index)
        default: breaks(devices[index].name, "an answer of the kind asked for", "\(reply)")
        }
    }

    private func finish(_ index: Int, _ job: Kiosk.Job, at offset: Offset) {
        devices[index].kiosk.jobs.removeFirst()
        note("\(devices[index].name)  is told that \(job.mark) is at \(offset)")
        happen(.answered(job.stream, job.mark, offset))
        goOn(kiosk: index)
    }

    /// Decides what to write, given what the entity shows.
    private func prepare(_ index: Int, _ job: Kiosk.Job, _ value: Value?, _ offset: Offset?) {
        var deed = KioskDeed(entity: job.entity, value: value, choice: job.choice)
        guard let operations = deed.operations(),
            let channel = try? job.mark.channel(devices[index].place)
        else {
            devices[index].kiosk.jobs.removeFirst()
            return goOn(kiosk: index)
        }
        var message = Baton_V1_WriteRequest()
        message.channel = channel.description
        message.operations = operations.map(\.message)
        // Half of all kiosks say what the person saw; for the others the server takes the moment.
        let seen = job.choice % 2 == 0 ? offset : nil
        if let seen { message.seen = seen.rawValue }
        devices[index].kiosk.jobs[0].write = (message, seen)
        tally.thinWrites += 1
        note(
            "\(devices[index].name)  writes \(job.mark) to \(job.stream), having seen "
                + "\(seen.map { "\($0)" } ?? "the log"): \(TraceText.of(operations))")
        happen(
            .wrote(
                Writing(
                    mark: job.mark, device: index, stream: job.stream, operations: operations,
                    seen: seen, isTold: false, isThin: true)))
        goOn(kiosk: index)
    }
}

extension Problem.Slug {
    /// Whether the same write could never be taken.
    fileprivate var isFinal: Bool {
        switch self {
        case .schemaViolation, .notPermitted, .unknownPlace, .malformedEvent: return true
        default: return false
        }
    }
}
