import BatonCore
import BatonSync
import Foundation

/// One person's devices, and what they do, event by event.
actor PersonReplay {
    /// How many of a person's devices keep their store open; the one used longest ago is closed.
    static let openDevices = 16
    /// How often a device's weather is drawn anew, or another device wakes up, of all turns.
    static let change = 0.25
    /// How often a client is restarted, at each of two moments of a turn.
    static let restart = 0.05

    let journey: Journey
    let world: ReplayWorld
    let dice: Dice
    let clock = RecordedClock()
    var devices: [ShopDevice: SDKDevice] = [:]
    var record = PersonRecord()
    private let folder: String
    private let seed: UInt64
    /// Events about orders that their devices do not see yet, in order.
    private var waiting: [ShopEvent] = []
    private var turn = 0
    private var thinWrites = 0

    init(_ journey: Journey, in world: ReplayWorld) {
        self.journey = journey
        self.world = world
        seed = SplitMix64.mix(world.options.seed, StableHash.of(journey.stream.description))
        dice = Dice(seed: seed)
        folder = world.folder + "/" + journey.stream.description
    }

    /// Plays all events; calls `progress` after each.
    func play(_ progress: @Sendable () -> Void) async throws(ReplayFailure) {
        guard journey.events.contains(where: \.action.isWritten) else {
            for _ in journey.events { progress() }
            return
        }
        if world.options.isForeignServer { try await checkThatServerHasNoEvents() }
        for event in journey.events {
            if Task.isCancelled { throw ReplayFailure(.cancelled, "the replay was stopped") }
            clock.set(event.time)
            if event.action.isWritten {
                record.due += 1
                try await take(event)
            }
            progress()
        }
        for device in devices.values { try await device.close() }
    }

    /// Carries out what waits for an order, as far as it can be done now. Returns whether any was.
    func takeWaiting() async throws(ReplayFailure) -> Bool {
        guard !waiting.isEmpty else { return false }
        let before = waiting
        waiting = []
        for event in before {
            let isBlocked = waiting.contains { $0.action.order == event.action.order }
            if isBlocked {
                waiting.append(event)
            } else {
                try await carryOut(event)
            }
        }
        return waiting.count < before.count
    }

    /// Events that never got the order that they are about.
    var neverPossible: Int { waiting.count }

    private func take(_ event: ShopEvent) async throws(ReplayFailure) {
        turn += 1
        _ = try await takeWaiting()
        if let order = event.action.order, waiting.contains(where: { $0.action.order == order }) {
            waiting.append(event)
            record.deferred += 1
            return
        }
        let before = waiting.count
        try await carryOut(event)
        if waiting.count > before { record.deferred += 1 }
    }

    private func carryOut(_ event: ShopEvent) async throws(ReplayFailure) {
        switch event.device.kind {
        case .thin: try await carryOutThin(event)
        case .sdk: try await carryOutOnDevice(event)
        }
    }

    private func carryOutThin(_ event: ShopEvent) async throws(ReplayFailure) {
        let client = ThinClient(
            device: event.device, transport: transport(), token: world.token,
            patience: world.patience)
        thinWrites += 1
        let key = "replay-\(String(world.run, radix: 16))-\(journey.stream)-\(thinWrites)"
        let outcome = try await client.write(
            event.action, at: event.time, key: key, deliveries: event.deliveries)
        switch outcome {
        case .written(let dots):
            // Where it took a write at several addresses, as many events were due.
            record.due += dots.count - 1
            record.written += dots.count
            record.thinDots += dots
        case .waits: waiting.append(event)
        case .nothing: record.unchanging += 1
        case .refused(let reason): record.refused[reason, default: 0] += 1
        }
    }

    private func carryOutOnDevice(_ event: ShopEvent) async throws(ReplayFailure) {
        let device = try sdkDevice(event.device)
        device.lastTurn = turn
        try await closeIdleDevices()
        if !world.options.isOnline { try await changeWeather(around: device) }
        try await connect(device)
        switch try await device.write(event) {
        case .written: record.written += 1
        case .waits: waiting.append(event)
        case .nothing: record.unchanging += 1
        case .refused(let reason): record.refused[reason, default: 0] += 1
        }
        try await restartPerhaps(device)
        try await connect(device)
    }

    /// Syncs as the device's connection allows.
    private func connect(_ device: SDKDevice) async throws(ReplayFailure) {
        if world.options.isOnline {
            record.note(try await syncPatiently(device))
        } else if !device.isOffline {
            if case .done(let report) = try await device.sync() { record.note(report) }
            _ = await device.deliverAgain()
        }
    }

    /// Syncs until the server has answered, and makes up for repeated deliveries.
    func syncPatiently(_ device: SDKDevice) async throws(ReplayFailure) -> SyncReport {
        let report = try await world.patience.attempt { () async throws(ReplayFailure) in
            try await device.sync()
        }
        try await world.patience.attempt { () async throws(ReplayFailure) in
            await device.deliverAgain() ? .done(()) : .passing("a repeated delivery got lost")
        }
        return report
    }

    /// The device of this name, installed if it is new.
    func sdkDevice(_ device: ShopDevice) throws(ReplayFailure) -> SDKDevice {
        if let known = devices[device] { return known }
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw ReplayFailure(
                .storeFailed, "\(folder) cannot be made: check that the disk has room",
                cause: "\(error)")
        }
        let identity = SplitMix64.mix(
            seed ^ world.run, StableHash.of("device", device.name, device.channel.description))
        let new = SDKDevice(
            device, path: "\(folder)/\(devices.count + 1).sqlite", token: world.token,
            clock: clock, identity: Dice(seed: identity), transport: transport())
        if case .windows(let offline) = world.options.connection {
            new.isOffline = dice.chance(offline)
        }
        devices[device] = new
        return new
    }

    func removeStores() { try? FileManager.default.removeItem(atPath: folder) }

    private func transport() -> FaultyTransport {
        FaultyTransport(
            world.network, dice: dice, tally: world.tally, isFaulty: !world.options.isOnline)
    }

    private func closeIdleDevices() async throws(ReplayFailure) {
        let open = devices.values.filter(\.isOpen)
        guard open.count > Self.openDevices, let idle = open.min(by: { $0.lastTurn < $1.lastTurn })
        else { return }
        try await idle.close()
    }

    /// Devices go offline and come back; sometimes another one than the one in hand wakes up.
    private func changeWeather(around device: SDKDevice) async throws(ReplayFailure) {
        guard case .windows(let offline) = world.options.connection else { return }
        if dice.chance(Self.change) { device.isOffline = dice.chance(offline) }
        if dice.chance(Self.change) {
            let names = journey.devices.filter { devices[$0] != nil }
            if let other = devices[names[dice.pick(below: names.count)]], other !== device {
                other.isOffline = dice.chance(offline)
                other.lastTurn = turn
                try await connect(other)
            }
        }
        try await restartPerhaps(device)
    }

    private func restartPerhaps(_ device: SDKDevice) async throws(ReplayFailure) {
        guard !world.options.isOnline, dice.chance(Self.restart), device.isOpen else { return }
        try await device.close()
        record.restarts += 1
    }

    private func checkThatServerHasNoEvents() async throws(ReplayFailure) {
        let log = StreamLog(
            stream: journey.stream, network: world.network, token: world.token,
            patience: world.patience)
        guard try await log.isEmpty() else {
            throw ReplayFailure(
                .streamTaken,
                "the server has events of \(journey.stream) already, so nothing could be compared: "
                    + "give an empty server, or a token of a tenant without events")
        }
    }
}

extension ShopAction {
    /// The order that must be there before the action can be carried out.
    fileprivate var order: String? {
        switch self {
        case .moveOrder(let id, _), .pay(let id, _): id
        default: nil
        }
    }
}
