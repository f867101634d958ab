import BatonCore

extension Scenario {
    /// What a draw may contain.
    package struct Limits: Sendable {
        /// The most devices with a store.
        package var devices = 5
        /// The most steps.
        package var steps = 70
        /// Whether anything goes wrong.
        package var hasFaults = true

        /// The usual.
        package init() {}
    }

    /// Draws a scenario. The same seed and limits draw the same one.
    package init(seed: UInt64, limits: Limits = Limits()) {
        var draw = ScenarioDraw(seed: seed, limits: limits)
        self = draw.scenario()
    }
}

/// A scenario while it is drawn.
private struct ScenarioDraw {
    let seed: UInt64
    let limits: Scenario.Limits
    var dice: Dice
    var devices: [DevicePlan] = []
    var steps: [Step] = []
    var now: Int64 = 1_000
    /// When the working day ends, once it has begun.
    var shiftEnd: Int64?

    init(seed: UInt64, limits: Scenario.Limits) {
        self.seed = seed
        self.limits = limits
        dice = Dice(seed: seed, 1)
    }

    private static let second: Int64 = 1_000
    private static let minute = 60 * second
    private static let hour = 60 * minute
    private static let day = 24 * hour

    mutating func scenario() -> Scenario {
        let hasUpgrades = limits.hasFaults && dice.chance(250)
        drawDevices(hasUpgrades: hasUpgrades)
        let streams = dice.pick([1, 1, 2, 2, 3])
        let count = 8 + dice.below(max(1, limits.steps - 8))
        let shift = dice.below(max(1, count - 4))
        // Each seed has its own temper: in some everything goes wrong at once, in some one thing.
        let trouble = limits.hasFaults ? dice.pick([0, 80, 150, 250, 400]) : 0
        while steps.count < count {
            if steps.count >= shift && shiftEnd == nil { beginShift() }
            pass()
            if dice.chance(trouble) {
                addFault(streams: streams)
            } else {
                addDeed(streams: streams)
            }
        }
        if streams > 1 && dice.chance(600) { addAdoptions(streams: streams) }
        if hasUpgrades { addUpgrades() }
        if trouble > 0 { addRestore() }
        return Scenario(
            seed: seed, devices: devices, streams: streams, network: network(),
            eventsPerSnapshot: UInt64(dice.pick([2, 5, 12, 30])), steps: steps)
    }

    private mutating func drawDevices(hasUpgrades: Bool) {
        let apps = 2 + dice.below(limits.devices - 1)
        for _ in 0..<apps {
            devices.append(
                DevicePlan(
                    kind: .app, role: dice.pick([.customer, .customer, .associate]),
                    skew: limits.hasFaults ? skew() : 0,
                    isUpgraded: hasUpgrades && dice.chance(300),
                    learnsSchemas: dice.chance(600),
                    pace: dice.pick([30, 120, 300, 300]) * Self.second))
        }
        for _ in 0..<dice.below(3) {
            devices.append(
                DevicePlan(kind: .kiosk, role: .kiosk, skew: 0, isUpgraded: false))
        }
    }

    private mutating func skew() -> Int64 {
        switch dice.below(10) {
        case 0: return dice.within(Self.minute...2 * Self.day)
        case 1: return -dice.within(Self.minute...2 * Self.day)
        case 2, 3: return dice.within(-30 * Self.second...30 * Self.second)
        default: return dice.within(-2 * Self.second...2 * Self.second)
        }
    }

    private mutating func network() -> NetworkPlan {
        guard limits.hasFaults else { return .clean }
        return NetworkPlan(
            lost: dice.pick([0, 0, 20, 100, 300]), doubled: dice.pick([0, 20, 150]),
            late: dice.pick([0, 20, 150]), isLive: dice.chance(700))
    }

    /// A working day: most devices are used for hours on end.
    private mutating func beginShift() {
        let lasting = dice.within(5 * Self.hour...10 * Self.hour)
        shiftEnd = now + lasting
        for device in devices.indices where devices[device].kind == .app && dice.chance(850) {
            add(.stay(device: device, lasting: lasting))
        }
    }

    /// Time goes on: mostly seconds, sometimes a night, and now and then a season; in a shift
    /// minutes.
    private mutating func pass() {
        if let end = shiftEnd, now < end {
            now += dice.within(2 * Self.minute...70 * Self.minute)
            return
        }
        switch dice.below(40) {
        case 0: now += dice.within(20 * Self.day...120 * Self.day)
        case 1, 2: now += dice.within(2 * Self.hour...14 * Self.hour)
        case 3..<10: now += dice.within(Self.minute...20 * Self.minute)
        default: now += dice.within(50...15 * Self.second)
        }
    }

    private mutating func add(_ kind: StepKind) {
        steps.append(Step(number: steps.count + 1, time: now, kind: kind))
    }

    private mutating func addDeed(streams: Int) {
        add(
            .act(
                device: dice.below(devices.count), stream: dice.below(streams),
                choice: dice.next()))
    }

    private mutating func app() -> Int {
        dice.pick(devices.indices.filter { devices[$0].kind == .app })
    }

    private mutating func addFault(streams: Int) {
        switch dice.below(20) {
        case 0..<4:
            let way = dice.below(3)
            add(
                .partition(
                    device: dice.below(devices.count), up: way != 1, down: way != 0,
                    lasting: dice.within(Self.second...2 * Self.hour)))
        case 4..<7:
            add(
                .crashDevice(
                    app(), atWrite: dice.below(4), isKept: dice.chance(500),
                    downFor: dice.within(100...5 * Self.minute)))
        case 7..<10:
            add(
                .crashServer(
                    atWrite: dice.below(4), moment: dice.pick(CrashMoment.allCases),
                    kept: dice.below(3), downFor: dice.within(100...3 * Self.minute)))
        case 10, 11: add(.setClock(device: app(), ahead: skew()))
        case 12:
            let from = app()
            let onto = app()
            if from != onto { add(.clone(from: from, onto: onto)) }
        case 13..<17: add(.compact(stream: dice.below(streams), choice: dice.next()))
        case 17, 18: add(.setServerClock(ahead: skew()))
        default: add(.fillDisk(lasting: dice.within(Self.second...2 * Self.minute)))
        }
    }

    /// Somebody logs in, some more than once, now and then in two places with streams that get in
    /// each other's way.
    private mutating func addAdoptions(streams: Int) {
        if !devices.contains(where: { $0.kind == .kiosk }) {
            devices.append(DevicePlan(kind: .kiosk, role: .kiosk, skew: 0, isUpgraded: false))
        }
        let kiosks = devices.indices.filter { devices[$0].kind == .kiosk }
        for _ in 0...dice.below(3) {
            let from = dice.below(streams)
            let into = (from + 1 + dice.below(streams - 1)) % streams
            let place = dice.below(steps.count)
            steps.insert(
                Step(
                    number: steps.count + 1, time: steps[place].time,
                    kind: .adopt(from: from, into: into, device: dice.pick(kiosks))), at: place)
        }
    }

    /// Now and then the log is lost, and made anew from an older backup; in some worlds twice. Drawn
    /// from dice of its own, so that the rest of a world does not depend on it.
    private mutating func addRestore() {
        var dice = Dice(seed: seed, 9)
        guard dice.chance(250) else { return }
        for _ in 0...dice.below(2) {
            let place = dice.below(steps.count)
            let later = place + 1 + dice.below(steps.count - place)
            let isFresh = dice.chance(800)
            let restore = StepKind.restore(downFor: dice.within(Self.second...3 * Self.minute))
            for (kind, index) in [(restore, later), (.backUp, place)]
            where isFresh || index == later {
                steps.insert(
                    Step(
                        number: steps.count + 1, time: steps[min(index, steps.count - 1)].time,
                        kind: kind), at: index)
            }
        }
    }

    /// The fleet gets the newer schemas one by one, the server somewhere among them.
    private mutating func addUpgrades() {
        let late = devices.indices.filter { devices[$0].kind == .app && !devices[$0].isUpgraded }
        var added = late.map { StepKind.upgrade(device: $0) }
        added.insert(.upgradeServer, at: dice.below(added.count + 1))
        for kind in added {
            let place = dice.below(steps.count)
            let time = steps[place].time
            steps.insert(
                Step(number: steps.count + 1, time: time, kind: kind), at: place)
        }
    }
}
