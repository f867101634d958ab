import BatonCore
import BatonLog
import BatonServer
import BatonSync
import BatonWire
import Synchronization

/// One simulated world: real devices' logic, a real server over a simulated disk, and between them a
/// network, clocks and people that depend on one seed.
///
/// An event loop on one thread: what comes next is taken from a queue ordered by simulated time.
final class World {
    enum Happening {
        case step(Step)
        case arrives(Request)
        case answered(Request, ServerReply)
        case timeout(device: Int, request: Int)
        case timer(device: Int, number: Int)
        case wake(Int, SimulatedLog.Wait)
        case deviceStarts(Int)
        case serverStarts
        case diskHasRoom
        case kioskGoesOn(Int)
    }

    /// A request under way, and whom it is from.
    struct Request {
        let device: Int
        let number: Int
        let serverRun: Int
        let call: ServerCall
    }

    /// Answers that the server's tasks have made and that have not left yet.
    final class Finished: Sendable {
        private let answers = Mutex<
            [(device: Int, number: Int, run: Int, call: ServerCall, reply: ServerReply)]
        >([])

        func append(_ request: Request, _ reply: ServerReply) {
            answers.withLock {
                $0.append((request.device, request.number, request.serverRun, request.call, reply))
            }
        }

        func take() -> [(Request, ServerReply)] {
            answers.withLock { answers in
                defer { answers = [] }
                return answers.map {
                    (
                        Request(
                            device: $0.device, number: $0.number, serverRun: $0.run, call: $0.call),
                        $0.reply
                    )
                }
            }
        }
    }

    /// When every world begins.
    static let start: Int64 = 1_760_000_000_000
    /// Simulated time within which everything must have come to rest once faults have stopped: the
    /// longest pause of the SDK, a request's timeout, a minute for those who hear of it by their
    /// timer only, and room for a few rounds.
    static let restWithin: Int64 = 240_000

    let scenario: Scenario
    let sabotage: Sabotage?
    let clock = SimulatedClock(World.start)
    /// Milliseconds that the server's clock is ahead.
    let serverSkew = SimulatedClock(0)
    let executor = SimulationExecutor()
    let log: SimulatedLog
    let finished = Finished()
    let tenant: TenantID
    let streams: [StreamID]
    var services: [StreamService] = []
    var serverRun = 0
    /// Answers of earlier runs are of a log that is gone, and reach nobody.
    var firstRun = 0
    var isServerUp = true
    var isServerUpgraded = false
    var serverDownFor: Int64 = 1_000
    var serverKeeps = 0
    var devices: [Device] = []
    var histories: [StreamID: History] = [:]
    var queue = EventQueue<Happening>()
    var promises: [any Promise]
    var violation: Violation?
    var tally = Tally()
    var trace: [String]?
    /// Whether nothing goes wrong any more.
    var isHealed = false
    var waitDice: Dice

    init(
        _ scenario: Scenario, sabotage: Sabotage? = nil, only promise: String? = nil,
        isTraced: Bool = false
    ) throws {
        self.scenario = scenario
        self.sabotage = sabotage
        tenant = try TenantID("sim")
        var dice = Dice(seed: scenario.seed, 5)
        waitDice = Dice(seed: scenario.seed, 6)
        log = SimulatedLog(
            identity: LogIdentity(
                epoch: "5eed5eed5eed5eed",
                replica: ReplicaID(high: dice.next(), low: dice.next() | 1)),
            sabotage: sabotage)
        streams = try (0..<scenario.streams).map { try StreamID("cust-\($0 + 1)") }
        promises = Promises.all(only: promise)
        if isTraced { trace = [] }
        for stream in streams { histories[stream] = History() }
        startServer()
        for index in scenario.devices.indices { devices.append(device(index)) }
        for step in scenario.steps { queue.plan(.step(step), at: World.start + step.time) }
    }

    private func device(_ index: Int) -> Device {
        let plan = scenario.devices[index]
        var dice = Dice(seed: scenario.seed, 7, UInt64(index))
        let replica = ReplicaID(high: dice.next(), low: dice.next() | 1)
        let places = plan.kind == .kiosk ? ["store"] : ["app", "web", "call-center"]
        let place = dice.pick(places)
        return Device(
            plan, index: index, place: place,
            installation: Installation(replica: replica, clockCorrection: 0), dice: dice)
    }

    var now: Int64 { clock.now }

    var serverSchemas: SchemaSet { isServerUpgraded ? ShopSchemas.second : ShopSchemas.first }

    /// Whether all know the same schemas from beginning to end.
    var hasOneSchema: Bool {
        !scenario.devices.contains(where: \.isUpgraded)
            && !scenario.steps.contains {
                switch $0.kind {
                case .upgrade, .upgradeServer: return true
                default: return false
                }
            }
    }

    /// Starts the server's processes: two of them, each with a cache of its own, on one log.
    func startServer() {
        serverRun += 1
        isServerUp = true
        log.restart()
        var limits = ServerLimits()
        limits.eventsPerSnapshot = scenario.eventsPerSnapshot
        limits.eventsPerPull = 40
        let (clock, skew) = (clock, serverSkew)
        services = (0..<2).map { _ in
            StreamService(
                engine: log, schemas: serverSchemas, limits: limits,
                wallClock: { clock.now + skew.now })
        }
    }

    /// Writes a line of the trace, if there is one.
    func note(_ line: @autoclosure () -> String) {
        guard trace != nil else { return }
        trace?.append("\(TraceTime.text(now - World.start))  \(line())")
    }

    /// Holds a fact against all promises; the first breach stands.
    func happen(_ fact: Fact) {
        guard violation == nil else { return }
        for index in promises.indices {
            if let found = promises[index].note(fact, histories) {
                violation = found
                return
            }
        }
    }

    /// Lets the server's tasks run until all of them wait, and takes in what came of it.
    func settle() {
        var isBusy = true
        while isBusy {
            executor.drain()
            if log.isCrashDue { crashServer() }
            let waits = log.takeNewWaits()
            for wait in waits {
                let pause = wait.kind == .sync ? waitDice.within(1...12) : waitDice.within(0...2)
                queue.plan(.wake(wait.id, wait.kind), at: now + pause)
            }
            let news = log.takeNews()
            for item in news { takeIn(item) }
            let answers = finished.take()
            for (request, reply) in answers where request.serverRun == serverRun {
                leave(request, reply)
            }
            isBusy = !(waits.isEmpty && news.isEmpty && answers.isEmpty)
        }
    }

    private func takeIn(_ news: SimulatedLog.News) {
        switch news {
        case .grown(let key, let chunks):
            for chunk in chunks {
                do {
                    guard let new = try histories[key.stream]?.grow(by: chunk) else { continue }
                    tally.events += new.count
                    tally.refusals += new.count { if case .void = $0.entry { true } else { false } }
                    for logged in new {
                        note("log       \(key.stream) \(logged.offset): \(TraceText.of(logged))")
                    }
                    happen(.grew(key.stream, new))
                } catch {
                    breaks("the log", "entries that can be read", "\(error)")
                }
            }
            announce(key.stream)
        case .stored(let key, let snapshot):
            note("log       \(key.stream): snapshot at \(snapshot.offset)")
            happen(.stored(key.stream, snapshot, hasOneSchema ? serverSchemas : nil))
        }
    }

    /// Something that can never be.
    func breaks(_ place: String, _ expected: String, _ found: String) {
        guard violation == nil else { return }
        violation = Violation(
            promise: "nothing fails but what may", place: place, expected: expected, found: found)
    }

    /// Runs the server's part of a request.
    func serve(_ request: Request) {
        let service = services[request.number % services.count]
        let device = devices[request.device]
        let caller = Principal(tenant: tenant, role: device.role, streams: .all)
        let finished = finished
        let call = request.call
        let (number, index, run) = (request.number, request.device, request.serverRun)
        Task(executorPreference: executor) {
            let reply = await call.answer(of: service, to: caller)
            finished.append(
                Request(device: index, number: number, serverRun: run, call: call), reply)
        }
        settle()
    }
}
