import BatonCore
import BatonServer
import BatonSync
import BatonWire

/// The shell of the SDK in simulated time: it stores what the pure replica makes of writes and
/// answers, sends what the exchange asks for, and waits as the background loop does.
extension World {
    /// The longest pause between two syncs once nothing goes wrong any more.
    private static let calmPace: Int64 = 30_000
    private static let backoff = Backoff(first: .seconds(1), longest: .seconds(60))

    /// The device's clock as the SDK reads it.
    func wall(of index: Int) -> Int64 { now + devices[index].skew }

    /// Changes a stream on a device, and stores the change before it is shown. `nil` where the device
    /// died over it.
    func change<Result>(
        _ index: Int, _ stream: StreamID, isTraced: Bool = true,
        _ body: (inout StreamReplica, inout Installation) throws -> Result
    ) throws -> Result? {
        guard let memory = devices[index].memory else { return nil }
        var replica = devices[index].stream(stream)
        var installation = memory.installation
        let result = try body(&replica, &installation)
        let rows = replica.storeChanges
        replica.changes = ReplicaChanges()
        if !rows.isEmpty || installation != memory.installation {
            if let planned = devices[index].plannedCrash {
                guard planned.writes > 0 else {
                    if planned.isKept { store(rows, installation, on: index) }
                    crashDevice(index, downFor: planned.downFor)
                    return nil
                }
                devices[index].plannedCrash?.writes -= 1
            }
            store(rows, installation, on: index)
        }
        devices[index].memory?.installation = installation
        devices[index].memory?.streams[stream] = replica
        happen(.looked(device: index, replica, isRestart: false))
        return result
    }

    func store(_ rows: [StoreChange], _ installation: Installation, on index: Int) {
        devices[index].disk.store(rows, sabotage: sabotage)
        devices[index].disk.installation = installation
    }

    /// A person does something on a device.
    func act(_ step: Step, on index: Int, in stream: StreamID, choice: UInt64) {
        guard let memory = devices[index].memory else { return }
        keepAwake(index, until: now + 90_000)
        let device = devices[index]
        let wall = wall(of: index) + memory.installation.clockCorrection
        let mark = Mark(step.number)
        var written: (event: Event, before: StreamReplica)?
        do {
            let isSafe: Bool? = try change(index, stream) { replica, installation in
                var deed = Deed(
                    state: replica.view, schemas: device.schemas, role: device.role, now: wall,
                    choice: choice)
                let operations = deed.operations()
                guard !operations.isEmpty else { return false }
                let before = replica
                let event = try replica.write(
                    operations, channel: try mark.channel(device.place), wall: wall,
                    installation: installation.replica)
                sabotage?.alter(&replica, on: index + 1)
                written = (replica.outbox.last?.event ?? event, before)
                return true
            }
            if let written {
                tally.writes += 1
                note(
                    "\(device.name)  \(isSafe == nil ? "dies while it writes" : "writes") "
                        + "\(mark) to \(stream): \(TraceText.of(written.event))")
                happen(
                    .wrote(
                        Writing(
                            mark: mark, device: index, stream: stream,
                            operations: written.event.askedOperations,
                            seen: written.before.confirmed.offset,
                            saw: written.before.confirmed.vector,
                            isBehind: isBehind(written.before), isTold: isSafe == true,
                            isThin: false)))
            }
        } catch let failure as SyncFailure where failure.code == .invalidWrite {
            note("\(device.name)  is told at once that it may not: \(failure.message)")
        } catch {
            breaks(device.name, "a write or a reason why not", "\(error)")
        }
        wake(index)
    }

    /// Somebody uses the device for a while: it syncs at its pace.
    func stay(_ index: Int, lasting: Int64) {
        guard devices[index].memory != nil else { return }
        note("\(devices[index].name)  is in use for \(lasting / 60_000) minutes")
        keepAwake(index, until: now + lasting)
        wake(index)
    }

    private func keepAwake(_ index: Int, until end: Int64) {
        guard end > devices[index].awakeUntil else { return }
        tally.awakeTime += end - max(now, devices[index].awakeUntil)
        devices[index].awakeUntil = end
    }

    /// Something calls for a sync: soon, unless the last one failed; then only time helps.
    func wake(_ index: Int) {
        guard devices[index].memory != nil else { return }
        if devices[index].memory?.exchange != nil {
            devices[index].memory?.wantsSync = true
        } else if devices[index].failures == 0 || devices[index].isOverdue {
            plan(syncOf: index, in: 20)
        }
    }

    private func plan(syncOf index: Int, in pause: Int64) {
        devices[index].timer += 1
        devices[index].isOverdue = false
        queue.plan(.timer(device: index, number: devices[index].timer), at: now + pause)
    }

    func timer(_ index: Int, _ number: Int) {
        guard devices[index].timer == number, devices[index].memory?.exchange == nil else { return }
        guard devices[index].memory != nil else { return }
        guard now <= devices[index].awakeUntil else {
            devices[index].live = [:]
            devices[index].isOverdue = true
            return
        }
        tally.syncs += 1
        proceed(index, ExchangePlan(streams))
    }

    /// Sends what the exchange asks next, or ends it.
    private func proceed(_ index: Int, _ old: ExchangePlan) {
        var plan = old
        let device = devices[index]
        if let wanted = plan.nextSnapshot() {
            let number = send(.snapshot(wanted.stream), from: index)
            devices[index].memory?.exchange = Device.ExchangeUnderWay(
                plan: plan, request: number, waiting: .snapshot(wanted))
            return
        }
        while let move = plan.nextMove() {
            guard carryOut(move, &plan, on: index) else { return }
        }
        do throws(SyncFailure) {
            guard let asks = try plan.nextRound({ device.stream($0) }) else {
                return end(index, plan, plan.failures.first)
            }
            let number = send(.sync(SyncMessage.encode(asks)), from: index)
            devices[index].memory?.exchange = Device.ExchangeUnderWay(
                plan: plan, request: number, waiting: .answer(asks))
        } catch {
            end(index, plan, error)
        }
    }

    private func end(_ index: Int, _ plan: ExchangePlan, _ failure: SyncFailure?) {
        devices[index].memory?.exchange = nil
        for trouble in plan.report.healed {
            switch trouble {
            case .clockCorrected: tally.clocksCorrected += 1
            case .replicaReplaced: tally.replicasReplaced += 1
            case .stateReplaced: tally.statesReplaced += 1
            case .logReplaced: tally.logsReplaced += 1
            case .streamMoved: tally.moves += 1
            }
            note("\(devices[index].name)  mended: \(trouble)")
            happen(.healed(device: index, trouble))
        }
        if let failure {
            note("\(devices[index].name)  could not sync: \(failure)")
            happen(.failed(device: index, failure))
            if sabotage == .stopsRetrying { return }
            devices[index].failures += 1
            let random = devices[index].dice.next()
            let pause = Self.backoff.pause(
                failures: devices[index].failures, asked: failure.retryAfter, random: random)
            self.plan(syncOf: index, in: 1 + Int64(pause / .milliseconds(1)))
            return
        }
        devices[index].failures = 0
        connect(index)
        let wantsSync = devices[index].memory?.wantsSync == true
        devices[index].memory?.wantsSync = false
        let pace = isHealed ? min(devices[index].pace, Self.calmPace) : devices[index].pace
        self.plan(syncOf: index, in: wantsSync ? 20 : pace)
    }

    private func connect(_ index: Int) {
        guard scenario.network.isLive || isHealed else { return }
        for id in streams where devices[index].live[id] == nil {
            let stream = devices[index].stream(id)
            devices[index].live[id] = Device.Live(replica: stream.replica, cursor: stream.cursor)
        }
    }

    func timeOut(_ index: Int, _ request: Int) {
        if devices[index].isKiosk { return timeOut(kiosk: index, request) }
        guard let exchange = devices[index].memory?.exchange, exchange.request == request else {
            return
        }
        fail(
            index, exchange,
            SyncFailure(.offline, "the server did not answer in time (simulated)"))
    }

    private func fail(
        _ index: Int, _ exchange: Device.ExchangeUnderWay, _ failure: SyncFailure
    ) {
        var plan = exchange.plan
        switch exchange.waiting {
        case .schemas(let answer, let asks):
            plan.tookSchemas(0)
            take(answer, asks, plan, on: index)
        case .snapshot(let wanted):
            plan.giveUp(wanted.stream, failure)
            proceed(index, plan)
        case .answer(let asks):
            do throws(SyncFailure) {
                try plan.take(failure, on: asks)
                proceed(index, plan)
            } catch {
                end(index, plan, error)
            }
        }
    }

    /// An answer reaches an app. One that nobody waits for any more is dropped, as HTTP does it.
    func answer(app index: Int, _ number: Int, _ reply: ServerReply) {
        guard let exchange = devices[index].memory?.exchange, exchange.request == number else {
            return
        }
        switch (exchange.waiting, reply) {
        case (.answer(let asks), .synced(let bytes)):
            if let digest = schemasToAskFor(bytes, on: index) {
                devices[index].memory?.askedSchemas.insert(digest)
                let number = send(.schemas, from: index)
                devices[index].memory?.exchange?.request = number
                devices[index].memory?.exchange?.waiting = .schemas(answer: bytes, asks)
            } else {
                take(bytes, asks, exchange.plan, on: index)
            }
        case (.schemas(let bytes, let asks), .schemas(let document)):
            var plan = exchange.plan
            guard let count = learn(document, on: index) else { return }
            plan.tookSchemas(count)
            take(bytes, asks, plan, on: index)
        case (.snapshot(let wanted), .snapshot(let message)):
            take(message, wanted, exchange.plan, on: index)
        case (_, .problem(let slug, let detail, _)):
            fail(
                index, exchange,
                SyncFailure(.overloaded, "the server cannot now: \(detail)", problem: slug.rawValue)
            )
        default: fail(index, exchange, SyncFailure(.unexpectedAnswer, "another kind of answer"))
        }
    }

    private func take(_ bytes: [UInt8], _ asks: [SyncAsk], _ old: ExchangePlan, on index: Int) {
        var plan = old
        guard let answer = try? Protobuf.decode(Baton_V1_SyncResponse.self, from: bytes),
            answer.streams.count == asks.count
        else {
            // As the SDK does with an answer that is not one to its request.
            return end(index, plan, SyncFailure(.unexpectedAnswer, "an answer of other streams"))
        }
        for (ask, whole) in zip(asks, answer.streams) {
            var result = whole
            if index == 0, let sabotage { result.pulled = sabotage.altered(result.pulled) }
            let newID = devices[index].drawReplica()
            let rawWall = wall(of: index)
            tellAcknowledged(result, ask, to: index)
            do {
                let step = try change(index, ask.stream) { replica, installation in
                    if sabotage == .bringsNothingBack, result.pulled.otherLog { replica.kept = [] }
                    let wall = rawWall + installation.clockCorrection
                    let step = try replica.takeIn(
                        answer: result, on: ask, wall: wall,
                        serverTime: sabotage == .trustsItsClock ? wall : answer.serverTime,
                        previous: plan.obstacle(of: ask.stream),
                        newID: newID, installation: &installation)
                    if sabotage == .hidesPending { replica.view = replica.confirmed }
                    return step
                }
                guard let step else { return }
                tally.snapshotsTaken += step.report.snapshots
                plan.take(step, on: ask)
            } catch {
                plan.giveUp(ask.stream, Self.failure(error, ask.stream))
            }
        }
        proceed(index, plan)
    }

    private func take(
        _ message: Baton_V1_Snapshot, _ wanted: ExchangePlan.SnapshotWanted, _ old: ExchangePlan,
        on index: Int
    ) {
        var plan = old
        let newID = devices[index].drawReplica()
        do {
            let trouble = try change(index, wanted.stream) { replica, installation in
                try replica.takeIn(message, for: wanted, newID: newID, installation: &installation)
            }
            guard let trouble else { return }
            plan.mended(wanted.stream, trouble)
        } catch {
            plan.giveUp(wanted.stream, Self.failure(error, wanted.stream))
        }
        proceed(index, plan)
    }

    private static func failure(_ error: any Error, _ stream: StreamID) -> SyncFailure {
        (error as? SyncFailure)
            ?? SyncFailure(
                .unexpectedAnswer, "the server's answer makes no sense", cause: "\(error)",
                stream: stream)
    }
}
