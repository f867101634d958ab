import BatonCore
import BatonServer
import BatonWire

extension World {
    /// How long the SDK waits for an answer.
    private static let timeout: Int64 = 30_000

    /// Sends a request of a device; returns its number.
    func send(_ call: ServerCall, from index: Int) -> Int {
        devices[index].requests += 1
        let number = devices[index].requests
        tally.requests += 1
        queue.plan(.timeout(device: index, request: number), at: now + Self.timeout)
        let isBlocked = devices[index].noRequestsUntil > now
        for delay in delays(index, number, direction: 1, isBlocked: isBlocked) {
            queue.plan(
                .arrives(
                    Request(device: index, number: number, serverRun: serverRun, call: call)),
                at: now + delay)
        }
        return number
    }

    /// When the copies of a message arrive, if any do.
    private func delays(
        _ device: Int, _ number: Int, direction: UInt64, isBlocked: Bool
    ) -> [Int64] {
        var dice = Dice(
            seed: scenario.seed, 2, UInt64(device), UInt64(number), direction)
        let usual = dice.within(15...180)
        if isHealed { return [usual] }
        let plan = scenario.network
        if isBlocked || dice.chance(plan.lost) {
            tally.lostMessages += 1
            return []
        }
        var delays = [dice.chance(plan.late) ? dice.within(200...60_000) : usual]
        if dice.chance(plan.doubled) {
            tally.doubledMessages += 1
            delays.append(dice.within(15...20_000))
        }
        return delays
    }

    /// A request reaches the server, if it is up.
    func arrive(_ request: Request) {
        guard isServerUp else { return }
        if case .sync(let bytes) = request.call { seePush(bytes) }
        serve(
            Request(
                device: request.device, number: request.number, serverRun: serverRun,
                call: request.call))
    }

    /// The world remembers what was pushed, to know refused events by their void entries.
    private func seePush(_ bytes: [UInt8]) {
        guard let incoming = try? IncomingSync(protobuf: bytes) else { return }
        for part in incoming.parts {
            guard let push = part.push, let stream = try? StreamID(part.stream) else { continue }
            for event in push.events { histories[stream]?.push(event) }
        }
    }

    /// An answer leaves the server.
    func leave(_ request: Request, _ reply: ServerReply) {
        let index = request.device
        if case .live(let stream, _, _) = request.call {
            sendLive(reply, of: stream, to: index)
            return
        }
        let isBlocked = devices[index].noAnswersUntil > now
        for delay in delays(index, request.number, direction: 2, isBlocked: isBlocked) {
            queue.plan(.answered(request, reply), at: now + delay)
        }
    }

    /// An answer reaches a device.
    func answer(_ request: Request, _ reply: ServerReply) {
        guard request.serverRun >= firstRun else { return }
        let index = request.device
        if case .live(let pull) = reply, case .live(let stream, _, _) = request.call {
            takeLive(pull, of: stream, on: index)
            return
        }
        var reply = reply
        if sabotage == .mixesAnswers, case .synced = reply {
            if case .synced? = devices[index].lastReply, request.number % 5 == 0 {
                let other = reply
                reply = devices[index].lastReply ?? reply
                devices[index].lastReply = other
            } else {
                devices[index].lastReply = reply
            }
        }
        if devices[index].isKiosk {
            answer(kiosk: index, request.number, reply)
        } else {
            answer(app: index, request.number, reply)
        }
    }

    // Live connections: the server's side lives as long as the connection does.

    /// Tells the devices that are connected of what is new in a stream.
    func announce(_ stream: StreamID) {
        for index in devices.indices where devices[index].live[stream] != nil {
            if devices[index].live[stream]?.isAsking == true {
                devices[index].live[stream]?.wantsMore = true
            } else {
                askLive(stream, for: index)
            }
        }
    }

    private func askLive(_ stream: StreamID, for index: Int) {
        guard isServerUp, let live = devices[index].live[stream] else { return }
        devices[index].live[stream]?.isAsking = true
        devices[index].live[stream]?.wantsMore = false
        let request = Request(
            device: index, number: 0, serverRun: serverRun,
            call: .live(stream, after: live.cursor, live.replica))
        let service = services[index % services.count]
        let caller = Principal(tenant: tenant, role: devices[index].role, streams: .all)
        let finished = finished
        let run = serverRun
        let call = request.call
        Task(executorPreference: executor) {
            let reply = await call.answer(of: service, to: caller)
            finished.append(Request(device: index, number: 0, serverRun: run, call: call), reply)
        }
    }

    private func sendLive(_ reply: ServerReply, of stream: StreamID, to index: Int) {
        guard var live = devices[index].live[stream] else { return }
        live.isAsking = false
        guard case .live(let pull) = reply, devices[index].noAnswersUntil <= now else {
            devices[index].live[stream] = nil
            return
        }
        devices[index].requests += 1
        let number = devices[index].requests
        guard
            let delay = delays(index, number, direction: 3, isBlocked: false).first
        else {
            // A lost packet that is not sent again ends the connection.
            devices[index].live[stream] = nil
            return
        }
        tally.liveAnswers += 1
        live.cursor = pull.cursor
        live.arrival = max(live.arrival, now + delay)
        devices[index].live[stream] = live
        let request = Request(
            device: index, number: number, serverRun: serverRun,
            call: .live(stream, after: "", live.replica))
        queue.plan(.answered(request, reply), at: live.arrival)
        if live.wantsMore || pull.more {
            askLive(stream, for: index)
        }
    }
}
