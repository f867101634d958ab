import BatonCore
import BatonLog
import BatonServer
import BatonWire
import SwiftProtobuf
import Synchronization
import Testing

@testable import BatonSync

/// Schemas that come into force while the fleet is at work, over HTTP.
@Suite struct `A schema upgrade` {
    /// The built-in schemas, with gift wrap in cart lines, and a wish list.
    static func later() throws -> SchemaSet {
        guard case .map(.record(let line))? = BuiltinSchemas.cart.root["lines"]?.rule else {
            throw SyncFailure(.unexpectedAnswer, "the cart has no lines")
        }
        let wrap = Field("wrap", .register(.text(longest: 64), .latest))
        let fields = BuiltinSchemas.cart.root.fields.map { field in
            field.name == "lines"
                ? Field("lines", .map(.record(Record(line.fields + [wrap])))) : field
        }
        let wishes = Schema(
            type: "wish-list", version: 1, fields: [Field("items", .set(.text(longest: 64)))])
        return SchemaSet(
            BuiltinSchemas.all.sorted
                + [Schema(type: "cart", version: 2, fields: fields), wishes])
    }

    private static func client(
        _ address: String, _ token: String, _ store: StoreLocation = .memory,
        schemas: SchemaSet = BuiltinSchemas.all
    ) async throws -> SyncClient {
        var options = SyncOptions()
        options.schemas = schemas
        return try await SyncClient.open(
            store: store, server: address, channel: "app", token: .fixed(token), options: options)
    }

    private static func wrap(in client: SyncClient) throws -> Value? {
        guard case .object(let cart)? = try client.stream("c").entity("cart/main").value,
            case .object(let lines)? = cart["lines"], case .object(let tea)? = lines["tea"]
        else { return nil }
        return tea["wrap"]
    }

    @Test func `Half-way through the fleet nothing is dropped, and all agree in the end`()
        async throws
    {
        let directory = try TemporaryDirectory()
        let (path, store) = (directory.path, directory.store)
        var limits = ServerLimits()
        // So that the next start begins from a state that was folded under the older schemas.
        limits.eventsPerSnapshot = 1
        let old = limits
        try await RealServer.run(engine: SQLiteLog.open(directory: path), limits: old) {
            address, token in
            let newer = try await Self.client(address, token, schemas: Self.later())
            let older = try await Self.client(address, token, store)
            let stream = try newer.stream("c")
            try await stream.cart().add("tea", title: "Tea", price: Money(499, "EUR"))
            try await stream.edit { edit in
                try edit.entity(EntityID("cart/main")) { $0.set("red", at: "lines", "tea", "wrap") }
                try edit.entity(EntityID("wish-list/main")) { $0.insert("lamp", into: "items") }
            }
            let pushed = try await newer.sync()
            #expect(pushed.healed == [] && pushed.refused == 0)

            try await older.sync(StreamID("c"))
            #expect(try Self.wrap(in: older) == nil)
            let cart = try older.stream("c").cart()
            #expect(cart.lines.map(\.quantity) == [1])
            try await cart.add("tea", quantity: 2)
            let answered = try await older.sync()
            #expect(answered.healed == [] && answered.schemas == 0)

            try await newer.sync()
            #expect(try stream.cart().lines.map(\.quantity) == [3])
            #expect(try Self.wrap(in: newer) == "red")
            try await older.close()
            try await newer.close()
        }
        let later = try Self.later()
        try await RealServer.run(engine: SQLiteLog.open(directory: path), schemas: later) {
            address, token in
            let older = try await Self.client(address, token, store)
            let changes = try older.stream("c").entity("wish-list/main").changes
            var iterator = changes.makeAsyncIterator()
            #expect(await iterator.next() == .some(nil))
            let report = try await older.sync()
            #expect(report.healed == [] && report.schemas == 2)
            #expect(try Self.wrap(in: older) == "red")
            #expect(await iterator.next() == .some(.object(["items": .list(["lamp"])])))
            // The hashes were compared: under the later schemas both know the same.
            let id = try StreamID("c")
            let replica = older.local.stream(id)
            #expect(replica.verifiedHash == StateHash(of: replica.confirmed).description)

            let fresh = try await Self.client(address, token, schemas: Self.later())
            _ = fresh.stream(id)
            try await fresh.sync()
            #expect(StateHash(of: fresh.stream(id).state) == StateHash(of: replica.confirmed))
            let again = try await older.sync()
            #expect(again.schemas == 0 && again.roundTrips == 1)
            try await older.close()
            try await fresh.close()
        }
        // With no server in reach, the app's own schemas being the old ones.
        let alone = try await SyncClient.open(store: store, server: nil, channel: "app")
        #expect(alone.schemas == (try Self.later()))
        #expect(try Self.wrap(in: alone) == "red")
        try await alone.close()
    }

    @Test func `An app that is ahead of its server goes on, and asks for its schemas once`()
        async throws
    {
        try await RealServer.run { address, token in
            let client = try await Self.client(address, token, schemas: Self.later())
            try await client.stream("c").cart().add("tea", title: "Tea", price: Money(5, "EUR"))
            #expect(try await client.sync().roundTrips >= 2)
            #expect(client.schemas == (try Self.later()))
            let report = try await client.sync()
            #expect(report.roundTrips == 1 && report.healed == [])
            try await client.close()
        }
    }

    /// A server of years to come: its schemas have a form that nobody knows today.
    private struct LaterServer: SyncTransport {
        let transport: HTTPTransport
        let asked = Asked()

        final class Asked: Sendable {
            let times = Mutex(0)
        }

        func send(_ call: SyncCall) async throws(TransportFailure) -> SyncReply {
            guard call.path == "/v1/schemas" else { return try await transport.send(call) }
            asked.times.withLock { $0 += 1 }
            return SyncReply(status: 200, body: Array(#"{"schemas":{"form":9}}"#.utf8))
        }

        func open(_ call: SyncCall) async throws(TransportFailure) -> LiveReply {
            try await transport.open(call)
        }
    }

    @Test func `Schemas of a form to come ask for an update of the app, and stop nothing`()
        async throws
    {
        try await RealServer.run(schemas: Self.later()) { address, token in
            let server = LaterServer(transport: try HTTPTransport(server: address))
            var options = SyncOptions()
            options.transport = server
            let older = try await SyncClient.open(
                store: .memory, server: nil, channel: "app", token: .fixed(token),
                options: options)
            #expect(!older.currentStatus.needsUpdate)
            let stream = try older.stream("c")
            try await stream.cart().add("tea", title: "Tea", price: Money(499, "EUR"))
            let report = try await older.sync()
            #expect(report.accepted == 1 && report.healed == [])
            #expect(older.currentStatus.needsUpdate)

            let newer = try await Self.client(address, token, schemas: Self.later())
            try await newer.stream("c").edit { edit in
                try edit.entity(EntityID("cart/main")) { $0.set("red", at: "lines", "tea", "wrap") }
            }
            try await newer.sync()
            try await stream.cart().add("tea", quantity: 2)
            #expect(try await older.sync().healed == [])
            try await newer.sync()
            #expect(try newer.stream("c").cart().lines.map(\.quantity) == [3])
            #expect(try Self.wrap(in: newer) == "red" && Self.wrap(in: older) == nil)
            #expect(server.asked.times.withLock { $0 } == 1)
            try await older.close()
            try await newer.close()
        }
    }

    @Test func `Actions that an older client does not know pass through it whole`() async throws {
        let directory = try TemporaryDirectory()
        let store = directory.store
        try await RealServer.run { address, token in
            // An operation whose action has number 40, of a protocol to come.
            var bytes = Protobuf.encode(
                Baton_V1_Operation.with {
                    $0.entity = "cart/main"
                    $0.path = "/note"
                })
            bytes += [0xC2, 0x02, 0x02, 0x08, 0x07]
            let operation = bytes
            let decoded = try Protobuf.decode(Baton_V1_Operation.self, from: operation)
            let push = Baton_V1_PushRequest.with {
                $0.batch.replica = "00000000000000000000000000000009"
                $0.batch.counter = 1
                $0.batch.events = [
                    .with {
                        $0.time = 1_700_000_000_000
                        $0.channel = "web"
                        $0.operations = [decoded]
                    }
                ]
            }
            let transport = try HTTPTransport(server: address)
            let type = "application/x-protobuf"
            let headers = [
                "content-type": type, "accept": type, "authorization": "Bearer \(token)",
            ]
            let reply = try await transport.send(
                SyncCall(
                    .post, "/v1/streams/c/events", headers: headers, body: Protobuf.encode(push)))
            #expect(reply.status == 200)

            let client = try await Self.client(address, token, store)
            _ = try client.stream("c")
            #expect(try await client.sync().pulled == 1)
            try await client.close()
            let again = try await Self.client(address, token, store)
            let unknown = try again.stream("c").state.entities[EntityID("cart/main")]?.unknown
            #expect(unknown?.map(\.operation.action) == [.unknown(operation)])
            try await again.stream("c").cart().add("tea", title: "Tea", price: Money(5, "EUR"))
            #expect(try await again.sync().healed == [])
            try await again.close()

            let pulled = try await transport.send(
                SyncCall(.get, "/v1/streams/c/events", headers: headers))
            let batches = try Protobuf.decode(Baton_V1_PullResponse.self, from: pulled.body)
                .batches
            let served = try #require(batches.first?.events.first?.operations.first)
            #expect(Protobuf.encode(served) == operation)
        }
    }

    @Test func `A client takes its own tenant's schemas, and learns of no other's`() async throws {
        let later = try Self.later()
        for (tenant, isOurs) in [("acme", true), ("globex", false)] {
            try await RealServer.run(own: [TenantID(tenant): later]) { address, token in
                let client = try await Self.client(address, token)
                let stream = try client.stream("c")
                try await stream.cart().add("tea", title: "Tea", price: Money(499, "EUR"))
                _ = try await client.sync()
                _ = try await client.sync()
                #expect(client.schemas == (isOurs ? later : BuiltinSchemas.all))
            }
        }
    }
}
