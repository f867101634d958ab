import BatonCore
import BatonLog
import BatonServer
import BatonSync
import BatonWire
import Synchronization

extension World {
    /// Runs the world to its end: all that is planned, then rest, then judgement.
    func run() {
        while violation == nil, let time = queue.nextTime, time <= World.start + lastFault {
            step()
        }
        heal()
        let deadline = now + World.restWithin
        var checkAt = now + 2_000
        while violation == nil, let time = queue.nextTime, time <= deadline {
            step()
            if now >= checkAt {
                if unsettled == nil { break }
                checkAt = now + 2_000
            }
        }
        tally.deviceTime = (now - World.start) * Int64(devices.count)
        if violation == nil { judge() }
        log.crash(keeping: 0)
        executor.drain()
    }

    private var lastFault: Int64 { scenario.lastMoment + 1_000 }

    private func step() {
        guard let (time, happening) = queue.next() else { return }
        clock.move(to: max(now, time))
        switch happening {
        case .step(let step): take(step)
        case .arrives(let request): arrive(request)
        case .answered(let request, let reply): answer(request, reply)
        case .timeout(let device, let request): timeOut(device, request)
        case .timer(let device, let number): timer(device, number)
        case .wake(let id, let kind):
            log.wake(id, kind)
            settle()
        case .deviceStarts(let device): startDevice(device)
        case .serverStarts:
            if !isServerUp {
                note("server    starts")
                startServer()
            }
        case .diskHasRoom: log.setFull(false)
        case .kioskGoesOn(let device): goOn(kiosk: device)
        }
    }

    /// No fault from now on; everything is switched on.
    private func heal() {
        note("          all faults end")
        isHealed = true
        log.setFull(false)
        if !isServerUp { startServer() }
        for index in devices.indices {
            devices[index].noRequestsUntil = 0
            devices[index].noAnswersUntil = 0
            devices[index].plannedCrash = nil
            devices[index].awakeUntil = .max
            if devices[index].isKiosk {
                goOn(kiosk: index)
            } else if devices[index].memory == nil {
                startDevice(index)
            } else {
                wake(index)
            }
        }
    }

    /// What has not come to rest; `nil` once everything has.
    var unsettled: String? {
        for device in devices {
            if device.isKiosk {
                if !device.kiosk.jobs.isEmpty { return "\(device.name) still waits to write" }
                continue
            }
            guard let memory = device.memory else { return "\(device.name) is off" }
            for id in streams {
                let stream = device.stream(id)
                if stream.isWaiting {
                    return "\(device.name) still has \(stream.waitingCount) events of \(id) to push"
                }
                if isBehind(stream) {
                    return "\(device.name) still stands in a log of \(id) that is gone"
                }
                let head = log.look(key(id)).head
                if stream.confirmed.offset != head {
                    return
                        "\(device.name) stands at \(stream.confirmed.offset) of \(id), whose log "
                        + "ends at \(head)"
                }
            }
            if memory.exchange != nil { return "\(device.name) is still syncing" }
        }
        return nil
    }

    func key(_ stream: StreamID) -> StreamKey { StreamKey(tenant: tenant, stream: stream) }

    private func judge() {
        var server: [StreamID: StreamState] = [:]
        var snapshots: [StreamID: StoredSnapshot] = [:]
        var refused: [StreamID: [(device: String, event: Event)]] = [:]
        for stream in streams {
            guard let state = serverState(of: stream) else { return }
            server[stream] = state
            snapshots[stream] = log.look(key(stream)).snapshot(.latest)
            for device in devices {
                do {
                    for event in try device.disk.refused(in: stream) {
                        refused[stream, default: []].append((device.name, event))
                    }
                } catch { breaks(device.name, "a disk that can be read", "\(error)") }
            }
        }
        let ending = Ending(
            seed: scenario.seed, schemas: serverSchemas, histories: histories, server: server,
            snapshots: snapshots,
            replicas: devices.filter { !$0.isKiosk }.map { device in
                (
                    device.name,
                    Dictionary(uniqueKeysWithValues: streams.map { ($0, device.stream($0)) })
                )
            },
            refused: refused, unsettled: unsettled, bound: World.restWithin)
        for promise in promises where violation == nil {
            violation = promise.judge(ending)
        }
    }

    /// What a server that has just been started says of a stream.
    private func serverState(of stream: StreamID) -> StreamState? {
        startServer()
        let box = AnswerBox()
        let service = services[0]
        let key = key(stream)
        Task(executorPreference: executor) {
            do {
                let snapshot = try await service.snapshot(key)
                box.set(
                    .success(
                        try StreamState(
                            snapshot.state, offset: Offset(rawValue: snapshot.offset))))
            } catch { box.set(.failure(error)) }
        }
        // A stream has a few hundred entries: whoever asks the disk oftener is caught in a loop.
        for _ in 0..<10_000 where box.result == nil {
            executor.drain()
            let waits = log.takeNewWaits()
            if waits.isEmpty { break }
            for wait in waits { log.wake(wait.id, wait.kind) }
        }
        switch box.result {
        case .success(let state): return state
        case .failure(let error): breaks("server", "the state of \(stream)", "\(error)")
        case nil: breaks("server", "the state of \(stream)", "no answer")
        }
        return nil
    }

    private final class AnswerBox: Sendable {
        private let stored = Mutex<Result<StreamState, any Error>?>(nil)
        var result: Result<StreamState, any Error>? { stored.withLock { $0 } }
        func set(_ result: Result<StreamState, any Error>) { stored.withLock { $0 = result } }
    }
}
