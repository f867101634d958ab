import BatonCore
import BatonLog
import BatonWire
import Synchronization
import Testing

@testable import BatonSync

/// A log that was restored from a backup, and devices that were ahead of it (section 9.6).
@Suite final class `A restored log` {
    private let home: TemporaryDirectory

    init() throws { home = try TemporaryDirectory() }

    @Test func `gets again, once, what its devices had pushed beyond the backup`() async throws {
        let log = "lost"
        try await devices(of: log) { phone, kiosk in
            try await phone.cart().add("A", quantity: 2, title: "Beans")
            try await phone.sync()
            try await kiosk.sync()
            try await kiosk.cart().add("B")
            try await kiosk.sync()
            try await phone.sync()
        }
        let restored = try await restoration(of: log)
        try await devices(of: log) { phone, kiosk in
            try await phone.cart().add("C")
            try await phone.cart().remove("B")
            try await phone.sync()
            try await kiosk.sync()
            try await kiosk.cart().add("A", quantity: 5)
            try await kiosk.sync()
            // Never pushed to the log that is gone.
            try await phone.cart().add("D")
        }
        try await devices(of: restored) { phone, kiosk in
            let report = try await phone.sync()
            #expect(report.healed == [.logReplaced(stream: try StreamID("cust-1"), reissued: 3)])
            #expect(report.accepted == 3)
            #expect(try await kiosk.sync().accepted == 1)
            try await phone.sync()
            for device in [phone, kiosk] {
                let cart = try device.cart()
                #expect(cart.lines.map(\.sku) == ["A", "C", "D"])
                #expect(cart.lines.map(\.quantity) == [7, 1, 1])
                #expect(try device.stream("cust-1").pendingCount == 0)
                #expect(try await device.sync().healed.isEmpty)
            }
            #expect(try phone.viewHash() == kiosk.viewHash())
        }
        #expect(try await head(of: restored) == Offset(rawValue: 6))
    }

    @Test func `lacks nothing of a device that wrote nothing since the backup`() async throws {
        let log = "lost"
        try await devices(of: log) { phone, kiosk in
            try await phone.cart().add("A")
            try await phone.sync()
            try await kiosk.cart().add("B")
        }
        let restored = try await restoration(of: log)
        try await devices(of: restored) { phone, kiosk in
            let id = phone.replica
            let report = try await phone.sync()
            #expect(report.healed == [.logReplaced(stream: try StreamID("cust-1"), reissued: 0)])
            #expect(report.accepted == 0)
            try await phone.cart().add("A")
            #expect(try await phone.sync().accepted == 1)
            #expect(phone.replica == id)
            try await kiosk.sync()
            #expect(try kiosk.cart().lines.map(\.quantity) == [2, 1])
        }
        #expect(try await head(of: restored) == Offset(rawValue: 3))
    }

    @Test func `takes no offset of the log that is gone for one of its own`() async throws {
        let log = "lost"
        try await devices(of: log) { phone, _ in
            try await phone.cart().add("A", quantity: 4)
            try await phone.sync()
        }
        let restored = try await restoration(of: log)
        try await devices(of: log) { phone, _ in
            for _ in 0..<5 { try await phone.cart().add("A") }
            try await phone.sync()
            // Its context is offset 6 of the log that is gone.
            try await phone.cart().setQuantity("A", to: 1)
        }
        try await devices(of: restored) { phone, kiosk in
            try await kiosk.sync(StreamID("cust-1"))
            // Offset 2 of this one, of which the phone knows nothing.
            try await kiosk.cart().add("A", quantity: 20)
            try await kiosk.sync()
            try await phone.sync()
            #expect(try phone.cart().lines.map(\.quantity) == [21])
            try await kiosk.sync()
            #expect(try phone.viewHash() == kiosk.viewHash())
        }
    }

    @Test func `lists as a conflict what was written without knowing of each other`() async throws {
        let log = "lost"
        try await devices(of: log) { phone, kiosk in
            try await phone.cart().add("A")
            try await phone.cart().setNote("first", on: "A")
            try await phone.sync()
            try await kiosk.sync(StreamID("cust-1"))
        }
        let restored = try await restoration(of: log)
        try await devices(of: log) { phone, _ in
            try await phone.cart().setNote("lost", on: "A")
            try await phone.sync()
        }
        try await devices(of: restored) { phone, kiosk in
            try await kiosk.sync()
            try await kiosk.cart().setNote("after", on: "A")
            try await kiosk.sync()
            try await phone.sync()
            // Neither had seen the other; both had seen, and so replaced, the first.
            let conflict = try #require(try phone.stream("cust-1").conflicts.first)
            let sides = [conflict.picked] + conflict.overruled
            #expect(
                Set(sides.map { $0.value?.canonicalJSON ?? "" }) == ["\"lost\"", "\"after\""])
        }
    }

    @Test func `is met with a new id, also where what it lacks is kept no more`() async throws {
        let log = "lost"
        try await devices(of: log) { phone, _ in
            try await phone.cart().add("A")
            try await phone.sync()
        }
        let restored = try await restoration(of: log)
        try await devices(of: log) { phone, _ in
            try await phone.cart().add("B")
            try await phone.sync()
            try await phone.local.change(StreamID("cust-1")) { replica, _ in
                for event in replica.kept { replica.changes.outbox.insert(event.dot) }
                replica.kept = []
            }
        }
        try await devices(of: restored) { phone, _ in
            let id = phone.replica
            #expect(try await phone.sync().healed.count == 1)
            #expect(phone.replica != id)
            try await phone.cart().add("C")
            #expect(try await phone.sync().accepted == 1)
            #expect(try phone.cart().lines.map(\.sku) == ["A", "C"])
        }
    }

    @Test(arguments: 1...5 as ClosedRange<UInt64>)
    func `loses and doubles nothing, whenever it was backed up and whoever syncs when`(
        seed: UInt64
    ) async throws {
        let run = RandomRun(seed: seed)
        for round in 0..<3 {
            try await devices(of: "log-\(round)") { [home = home.path] phone, kiosk in
                let backupAt = run.number(below: 25)
                for step in 0..<25 {
                    if step == backupAt && round < 2 {
                        _ = try await LogBackup(of: home + "/log-\(round)")
                            .make(at: home + "/backup-\(round)", now: 0)
                    }
                    let device = run.number(below: 2) == 0 ? phone : kiosk
                    switch run.number(below: 10) {
                    case 0..<3: try await device.sync()
                    case 3:
                        let text = "\(run.number(below: 100))"
                        try await device.cart().setNote(text, on: "sku-0")
                    default:
                        let (sku, count) = run.purchase()
                        try await device.cart().add(sku, quantity: count)
                    }
                }
                guard round == 2 else { return }
                for _ in 0..<2 { for device in [phone, kiosk] { try await device.sync() } }
                for device in [phone, kiosk] {
                    let lines = try device.cart().lines
                    let held = Dictionary(uniqueKeysWithValues: lines.map { ($0.sku, $0.quantity) })
                    #expect(held.filter { $0.value > 0 } == run.bought, "seed \(seed)")
                    #expect(try device.stream("cust-1").pendingCount == 0)
                }
                #expect(try phone.viewHash() == kiosk.viewHash(), "seed \(seed)")
            }
            if round < 2 {
                _ = try await LogRestore(from: home.path + "/backup-\(round)")
                    .make(in: home.path + "/log-\(round + 1)")
            }
        }
    }

    /// Restores what the log in the folder holds now, as the folder `restored`.
    private func restoration(of log: String) async throws -> String {
        _ = try await LogBackup(of: home.path + "/" + log).make(at: home.path + "/backup", now: 0)
        _ = try await LogRestore(from: home.path + "/backup").make(in: home.path + "/restored")
        return "restored"
    }

    /// The last offset of the shopper's stream.
    private func head(of log: String) async throws -> Offset {
        let log = try SQLiteLog.open(directory: home.path + "/" + log)
        let head = try await log.head(
            of: StreamKey(tenant: TenantID("acme"), stream: StreamID("cust-1")))
        await log.close()
        return head.offset
    }

    /// Runs the server over the log in the folder, and both devices against it; their stores outlive
    /// it.
    private func devices(
        of log: String, _ body: @Sendable @escaping (SyncClient, SyncClient) async throws -> Void
    ) async throws {
        let home = home.path
        let engine = try SQLiteLog.open(directory: home + "/" + log)
        try await RealServer.run(engine: engine) { address, token in
            try await withSyncClient(
                store: .file(home + "/phone"), server: address, channel: "app",
                token: .fixed(token)
            ) { phone in
                try await withSyncClient(
                    store: .file(home + "/kiosk"), server: address, channel: "store",
                    token: .fixed(token)
                ) { kiosk in
                    try await body(phone, kiosk)
                }
            }
        }
    }
}

/// What a random run draws, and what was bought in it, by whomever.
private final class RandomRun: Sendable {
    private let state: Mutex<(bits: UInt64, bought: [String: Int64])>

    init(seed: UInt64) { state = Mutex((seed, [:])) }

    /// SplitMix64.
    func number(below limit: Int) -> Int {
        state.withLock { state in
            state.bits &+= 0x9E37_79B9_7F4A_7C15
            var z = state.bits
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return Int((z ^ (z >> 31)) % UInt64(limit))
        }
    }

    func purchase() -> (sku: String, count: Int64) {
        let (sku, count) = ("sku-\(number(below: 4))", Int64(number(below: 9) + 1))
        state.withLock { $0.bought[sku, default: 0] += count }
        return (sku, count)
    }

    var bought: [String: Int64] { state.withLock { $0.bought } }
}

/// Confirmed events that are kept in case the log is restored.
@Suite struct `Kept events` {
    @Test func `are the last thousand, on disk as in memory`() async throws {
        let shop = TestShop()
        let directory = try TemporaryDirectory()
        let phone = try await shop.client(directory.store)
        for number in 1...SyncLimits.keptEvents + 5 {
            try await phone.cart().setNote("\(number)", on: "A")
        }
        try await phone.sync()
        let kept = try phone.local.stream(StreamID("cust-1")).kept
        #expect(kept.count == SyncLimits.keptEvents)
        #expect(kept.first?.dot.counter == Counter(rawValue: 6))
        #expect(try phone.stream("cust-1").pendingCount == 0)
        try await phone.close()
        let again = try await shop.client(directory.store)
        let stored = try again.local.stream(StreamID("cust-1"))
        #expect(stored.kept == kept)
        #expect(stored.outbox.isEmpty)
        try await again.close()
    }
}
