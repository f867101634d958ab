import BatonCore
import BatonSync
import BatonSyncTesting
import BatonWire
import Testing

/// Devices whose role sees a part of a stream only, through the real server (specification section 2.6).
@Suite struct `Devices that see a part` {
    private static let schemas: SchemaSet = {
        let text = Rule.register(.text(longest: 100), .latest)
        let few: [Role] = [.customer, .service]
        let line = Record([Field("title", text), Field("amount", .count(CountRule()))])
        return SchemaSet(
            BuiltinSchemas.all.sorted + [
                Schema(
                    type: "file", version: 1,
                    fields: [
                        Field("label", text), Field("owner", text, readers: few),
                        Field("sum", .count(CountRule()), readers: few),
                        Field("lines", .map(.record(line))),
                        Field("notes", .map(.record(line)), readers: few),
                        Field("facts", .log(.text(longest: 100)), readers: few),
                    ]),
                Schema(type: "safe", version: 1, readers: few, fields: [Field("in", text)]),
            ])
    }()

    private func client(
        _ server: TestServer, _ role: Role, _ channel: String
    ) async throws -> SyncClient {
        var options = server.options()
        options.schemas = Self.schemas
        options.role = role
        return try await SyncClient.open(
            store: .memory, server: server.address, channel: channel,
            token: .fixed(server.token(for: "*", role: role)), options: options)
    }

    /// One edit, of what the role sees or of all.
    private static func edit(
        _ dice: inout Dice, _ stream: CustomerStream, seesAll: Bool
    ) async throws {
        let choice = dice.below(seesAll ? 12 : 5)
        let word = "w\(dice.below(1_000))"
        let key = "k\(dice.below(3))"
        if choice == 11 {
            try await stream.entity("safe/\(key)").edit { $0.set(.string(word), at: "in") }
            return
        }
        try await stream.entity("file/f").edit { file in
            switch choice {
            case 0: file.set(.string(word), at: "label")
            case 1: file.set(.string(word), at: "lines", key, "title")
            case 2: file.add(2, to: "lines", key, "amount")
            case 3: file.remove(.string(key), from: "lines")
            case 4:
                file.set(.string(word), at: "label")
                file.add(1, to: "lines", key, "amount")
            case 5: file.set(.string(word), at: "owner")
            case 6: file.add(3, to: "sum")
            case 7: file.set(.string(word), at: "notes", key, "title")
            case 8: file.remove(.string(key), from: "notes")
            case 9: file.append(.string(word), to: "facts")
            default:
                file.set(.string(word), at: "owner")
                file.set(.string(word), at: "label")
                file.add(1, to: "notes", key, "amount")
            }
        }
    }

    /// What a role sees of a state.
    private static func shown(_ state: StreamState, to role: Role) -> StreamState {
        var entities = state.entities
        for (id, entity) in entities {
            entities[id] = schemas.shown(entity, of: id.type, to: role)
        }
        return StreamState(entities: entities, vector: state.vector, offset: state.offset)
    }

    @Test(arguments: 1...8)
    func `converge with each other, and to the part of what others hold`(
        seed: UInt64
    ) async throws {
        try await TestServer.run(schemas: Self.schemas) { server in
            var dice = Dice(seed)
            var clients: [(client: SyncClient, seesAll: Bool)] = []
            for role in [Role.customer, .service, .kiosk, .kiosk] {
                let channel = role == .kiosk ? "store" : "app"
                clients.append((try await client(server, role, channel), role != .kiosk))
            }
            for step in 0..<80 {
                // The second kiosk comes late, to a log that begins with a snapshot or does not.
                let known = step < 40 ? 3 : 4
                let (client, seesAll) = clients[dice.below(known)]
                server.clock.advance(by: .milliseconds(dice.below(5_000)))
                if dice.below(3) == 0 {
                    #expect(try await client.sync().healed.isEmpty, "seed \(seed)")
                } else {
                    try await Self.edit(&dice, client.stream("cust-1"), seesAll: seesAll)
                }
            }
            for _ in 0..<2 {
                for (client, _) in clients {
                    let report = try await client.sync()
                    #expect(report.healed.isEmpty && report.refused == 0, "seed \(seed)")
                }
            }
            let states = try clients.map { try $0.client.stream("cust-1").confirmedState }
            #expect(states[0].canonicalJSON == states[1].canonicalJSON, "seed \(seed)")
            #expect(states[2] == states[3], "seed \(seed)")
            #expect(StateHash(of: states[2]) == StateHash(of: states[3]))
            let part = Self.shown(states[0], to: .kiosk)
            #expect(states[2].canonicalJSON == part.canonicalJSON, "seed \(seed)")
            #expect(states[2].vector == states[0].vector)
            #expect(states[2].canonicalJSON != states[0].canonicalJSON)
            for (client, _) in clients { try await client.close() }
        }
    }

    @Test func `are told of what they wrote of the rest, hold nothing of it, and go on`()
        async throws
    {
        try await TestServer.run(schemas: Self.schemas) { server in
            let kiosk = try await client(server, .kiosk, "store")
            try await kiosk.stream("cust-1").entity("file/f").edit { $0.set("x", at: "label") }
            try await kiosk.stream("cust-1").entity("file/f").edit { $0.set("y", at: "owner") }
            try await kiosk.stream("cust-1").entity("safe/s").edit { $0.set("z", at: "in") }
            let report = try await kiosk.sync()
            #expect(report.accepted == 1 && report.refused == 2 && report.healed.isEmpty)
            #expect(kiosk.refusals().map(\.refusal.code) == [.notPermitted, .notPermitted])
            let state = try kiosk.stream("cust-1").state
            #expect(
                state.value(of: try EntityID("file/f"), schemas: Self.schemas)?.canonicalJSON
                    == #"{"label":"x"}"#)
            #expect(state.entities.count == 1)
            try await kiosk.close()
        }
    }
}

/// Steele et al., "Fast Splittable Pseudorandom Number Generators", 2014.
private struct Dice {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func below(_ bound: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((z ^ (z >> 31)) % UInt64(bound))
    }
}
