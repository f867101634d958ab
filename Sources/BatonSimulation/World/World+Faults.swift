import BatonCore
import BatonLog
import BatonSync
import BatonWire
import Synchronization

extension World {
    /// Does what the scenario has planned.
    func take(_ step: Step) {
        switch step.kind {
        case .act(let device, let stream, let choice):
            guard devices.indices.contains(device), streams.indices.contains(stream) else { return }
            if devices[device].isKiosk {
                decide(step, on: device, in: streams[stream], choice: choice)
            } else {
                act(step, on: device, in: streams[stream], choice: choice)
            }
        case .partition(let device, let up, let down, let lasting):
            tally.partitions += 1
            note("network   \(devices[device].name) is cut off: requests \(up), answers \(down)")
            if up { devices[device].noRequestsUntil = now + lasting }
            if down { devices[device].noAnswersUntil = now + lasting }
        case .crashDevice(let device, let count, let isKept, let downFor):
            guard devices[device].memory != nil else { return }
            devices[device].plannedCrash = (count, isKept, downFor)
        case .crashServer(let count, let moment, let kept, let downFor):
            guard isServerUp else { return }
            serverDownFor = downFor
            serverKeeps = kept
            log.planCrash(atWrite: count, moment)
        case .stay(let device, let lasting): stay(device, lasting: lasting)
        case .adopt(let from, let into, let device):
            guard streams.indices.contains(from), streams.indices.contains(into) else { return }
            logIn(step, at: device, adopting: streams[from], into: streams[into])
        case .setServerClock(let ahead):
            tally.serverClocksSet += 1
            note("server    its clock is \(ahead) ms ahead")
            serverSkew.move(to: ahead)
        case .setClock(let device, let ahead):
            tally.clocksSet += 1
            note("\(devices[device].name)  its clock is set to \(ahead) ms ahead")
            devices[device].skew = ahead
        case .clone(let from, let onto): clone(from, onto)
        case .compact(let stream, let choice): compact(streams[stream], choice)
        case .upgrade(let device): upgrade(device)
        case .upgradeServer:
            tally.upgrades += 1
            note("server    gets the newer schemas")
            isServerUpgraded = true
            serverDownFor = 500
            serverKeeps = 0
            if isServerUp { crashServer() }
        case .fillDisk(let lasting):
            tally.fullDisks += 1
            note("server    its disk is full")
            log.setFull(true)
            queue.plan(.diskHasRoom, at: now + lasting)
        case .backUp:
            note("server    is backed up")
            log.backUp()
        case .restore(let downFor): restore(downFor: downFor)
        }
    }

    /// The server dies, and comes back after a while.
    func crashServer() {
        tally.serverCrashes += 1
        note("server    dies")
        log.crash(keeping: serverKeeps)
        isServerUp = false
        serverRun += 1
        for index in devices.indices { devices[index].live = [:] }
        if isHealed {
            startServer()
        } else {
            queue.plan(.serverStarts, at: now + serverDownFor)
        }
    }

    /// A device dies: all that is not on its disk is gone.
    func crashDevice(_ index: Int, downFor: Int64) {
        tally.deviceCrashes += 1
        note("\(devices[index].name)  dies")
        devices[index].memory = nil
        devices[index].live = [:]
        devices[index].plannedCrash = nil
        devices[index].timer += 1
        devices[index].failures = 0
        if sabotage == .forgetsPending { devices[index].disk.losePending() }
        queue.plan(.deviceStarts(index), at: now + downFor)
    }

    /// A device starts from what is on its disk.
    func startDevice(_ index: Int) {
        guard devices[index].memory == nil, !devices[index].isKiosk else { return }
        note("\(devices[index].name)  starts")
        devices[index].failures = 0
        devices[index].isOverdue = false
        do {
            devices[index].memory = Device.Memory(
                installation: devices[index].disk.installation,
                streams: try devices[index].disk.load(
                    schemas: devices[index].schemas, digest: devices[index].schemaDigest))
        } catch {
            return breaks(devices[index].name, "a disk that can be read", "\(error)")
        }
        for stream in streams {
            happen(.looked(device: index, devices[index].stream(stream), isRestart: true))
        }
        if isHealed || now <= devices[index].awakeUntil { wake(index) }
    }

    /// A device's disk is copied onto another device, of which nothing is left. Only onto one that
    /// holds nothing that would be lost: what is thrown away with a device is not ours to save.
    private func clone(_ from: Int, _ onto: Int) {
        guard from != onto, devices[onto].memory != nil,
            streams.allSatisfy({
                let stream = devices[onto].stream($0)
                return stream.outbox.isEmpty && stream.inbox.isEmpty && !isNeeded(stream)
            })
        else { return }
        tally.clones += 1
        note("\(devices[onto].name)  becomes a copy of \(devices[from].name)")
        var disk = CopiedDisk()
        do {
            let copied = try devices[from].disk.load(
                schemas: devices[from].schemas, digest: devices[from].schemaDigest)
            disk.replicas = [devices[from].disk.installation.replica]
            for replica in copied.values {
                disk.pending += replica.outbox.filter { $0.fate == .waiting }
                    .compactMap { Mark(of: $0.event) }
                disk.kept += try replica.keptMarks()
                disk.kept += replica.outbox.filter { $0.fate != .waiting }
                    .compactMap { Mark(of: $0.event) }
                disk.replicas.insert(replica.replica)
            }
        } catch { return breaks(devices[from].name, "a disk that can be read", "\(error)") }
        devices[onto].copyDisk(of: devices[from])
        devices[onto].memory = nil
        devices[onto].live = [:]
        devices[onto].timer += 1
        devices[onto].failures = 0
        happen(.cloned(from: from, onto: onto, disk))
        startDevice(onto)
    }

    private func upgrade(_ index: Int) {
        guard !devices[index].isUpgraded else { return }
        tally.upgrades += 1
        note("\(devices[index].name)  gets the newer schemas")
        devices[index].setUpgraded(true)
        guard devices[index].memory != nil else { return }
        devices[index].memory = nil
        devices[index].live = [:]
        devices[index].timer += 1
        startDevice(index)
    }

    /// Compacts a part of what the stored snapshot covers.
    private func compact(_ stream: StreamID, _ choice: UInt64) {
        guard isServerUp else { return }
        let key = key(stream)
        let before = log.look(key)
        guard let snapshot = before.snapshot(.latest), snapshot.offset > before.horizon else {
            return
        }
        tally.compactions += 1
        let room = snapshot.offset.rawValue - before.horizon.rawValue
        let through = Offset(
            rawValue: choice % 3 == 0
                ? before.horizon.rawValue + 1 + choice / 3 % room : snapshot.offset.rawValue)
        note("server    compacts \(stream) through \(through)")
        let log = log
        Task(executorPreference: executor) {
            // Where the machine dies over it, nothing is promised but that the log stays whole.
            try? await log.store(snapshot, as: .base, for: key)
            _ = try? await log.compact(key, through: through)
        }
        settle()
    }
}
