import AsyncHTTPClient
import BatonCore
import BatonLog
import BatonWire
import Foundation
import Logging
import NIOCore
import NIOHTTP1
import ServiceLifecycle
import Synchronization

@testable import BatonServer

/// A server on a port of the system's choosing, and callers of every kind for it.
struct TestServer: Sendable {
    let port: Int
    let keys: TokenKeys
    let engine: any LogEngine
    let clock: TestClock
    let service: BatonService

    /// Runs `body` against a server, then stops the server gracefully.
    static func with(
        engine: any LogEngine = MemoryLog(), clock: TestClock = TestClock(),
        limits: ServerLimits = ServerLimits(), schemas: SchemaSet = BuiltinSchemas.all,
        own: [TenantID: SchemaSet] = [:], keys: TokenKeys? = nil, tokens: TokenRules = TokenRules(),
        log: LogBook? = nil,
        _ body: @Sendable @escaping (TestServer) async throws -> Void
    ) async throws {
        let secret = (0..<32).map { UInt8($0) }
        let keySet: TokenKeys
        if let keys {
            keySet = keys
        } else {
            keySet = try await TokenKeys(jwks: TokenKeys.newSet(secret: secret, id: "test"))
        }
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        if let log { logger = Logger(label: "test") { _ in log } }
        var options = BatonService.Options(host: "127.0.0.1", port: 0, limits: limits)
        options.tokens = tokens
        let service = BatonService(
            engine: engine, keys: keySet, schemas: TenantSchemas(schemas, own: own),
            options: options, logger: logger, wallClock: { clock.now })
        let group = ServiceGroup(
            configuration: .init(
                services: [.init(service: service, successTerminationBehavior: .ignore)],
                logger: logger))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            guard let port = await service.port() else { throw TestFailure("no port was bound") }
            do {
                try await body(
                    TestServer(
                        port: port, keys: keySet, engine: engine, clock: clock, service: service))
            } catch {
                await group.triggerGracefulShutdown()
                throw error
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    /// Answers as they lie on the wire: nothing is decompressed on the way.
    private static let http = HTTPClient(
        configuration: .init(timeout: .init(connect: .seconds(120)), decompression: .disabled))

    /// The schemas in force.
    var schemas: SchemaSet { BuiltinSchemas.all }

    /// A token of the tenant `acme`.
    func token(
        role: Role = .service, streams: [String] = ["*"], entities: [String]? = nil,
        tenant: String = "acme", replica: ReplicaID? = nil, expiresIn: Int64 = 3600
    ) async throws -> String {
        try await keys.sign(
            TokenClaims(
                tenant: TenantID(tenant), role: role, streams: streams, entities: entities,
                replica: replica,
                expires: clock.now / 1000 + expiresIn))
    }

    /// A call with JSON, or bytes of another type.
    func call(
        _ method: String, _ path: String, json: String? = nil, bytes: [UInt8]? = nil,
        headers: [(String, String)] = [], token: String?? = .none
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)\(path)")
        request.method = .init(rawValue: method)
        switch token {
        case .none:
            request.headers.add(name: "Authorization", value: "Bearer \(try await self.token())")
        case .some(.some(let token)):
            request.headers.add(name: "Authorization", value: "Bearer \(token)")
        case .some(.none): break
        }
        if let json {
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(ByteBuffer(string: json))
        }
        if let bytes { request.body = .bytes(ByteBuffer(bytes: bytes)) }
        for (name, value) in headers { request.headers.replaceOrAdd(name: name, value: value) }
        let response = try await Self.http.execute(request, timeout: .seconds(120))
        let body = try await response.body.collect(upTo: 32 << 20)
        return Answer(
            status: Int(response.status.code),
            headers: Dictionary(
                response.headers.map { ($0.name.lowercased(), $0.value) },
                uniquingKeysWith: { $1 }),
            body: Array(body.readableBytesView))
    }

    /// The head of an answer that goes on, and its body if it is a problem.
    func beginning(_ method: String, _ path: String, token: String?) async throws -> Answer {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)\(path)")
        request.method = .init(rawValue: method)
        if let token { request.headers.add(name: "Authorization", value: "Bearer \(token)") }
        let response = try await Self.http.execute(request, timeout: .seconds(120))
        let headers = Dictionary(
            response.headers.map { ($0.name.lowercased(), $0.value) }, uniquingKeysWith: { $1 })
        var body: [UInt8] = []
        if response.status != .ok {
            body = Array(try await response.body.collect(upTo: 1 << 20).readableBytesView)
        }
        return Answer(status: Int(response.status.code), headers: headers, body: body)
    }

    /// One entity as plain JSON text.
    func entity(_ stream: String, _ entity: String) async throws -> String {
        try await call("GET", "/v1/streams/\(stream)/entities/\(entity)").text
    }

    /// What `/metrics` says of a name with its labels; `nil` where it says nothing.
    func metric(_ name: String, token: String? = nil) async throws -> Int? {
        let text = try await call("GET", "/metrics", token: .some(token)).text
        return text.split(separator: "\n").first { $0.hasPrefix(name + " ") }
            .flatMap { Int($0.dropFirst(name.count + 1)) }
    }

    /// Waits until so many live answers are open.
    func waitForSubscribers(_ count: Int) async throws {
        while try await metric("baton_live_subscribers") != count {
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    /// A thin client's write.
    @discardableResult
    func write(
        _ stream: String, _ entity: String, _ operations: String, seen: Int? = nil,
        channel: String = "store", headers: [(String, String)] = [], token: String?? = .none
    ) async throws -> Answer {
        let seen = seen.map { ",\"seen\":\"\($0)\"" } ?? ""
        return try await call(
            "POST", "/v1/streams/\(stream)/entities/\(entity)",
            json: "{\"channel\":\"\(channel)\",\"operations\":[\(operations)]\(seen)}",
            headers: headers, token: token)
    }
}

/// What came back.
struct Answer: Sendable {
    let status: Int
    let headers: [String: String]
    let body: [UInt8]

    var text: String { String(decoding: body, as: UTF8.self) }

    /// The body as JSON.
    var json: [String: Any] {
        (try? JSONSerialization.jsonObject(with: Data(body))) as? [String: Any] ?? [:]
    }

    /// The slug of a problem answer.
    var problem: String? {
        guard headers["content-type"] == "application/problem+json" else { return nil }
        return (json["type"] as? String)?.replacing("urn:baton:problem:", with: "")
    }
}

/// A wall clock that a test moves.
final class TestClock: Sendable {
    private let milliseconds: Mutex<Int64>

    init(_ milliseconds: Int64 = 1_760_000_000_000) { self.milliseconds = Mutex(milliseconds) }

    var now: Int64 { milliseconds.withLock { $0 } }

    func advance(_ by: Int64) { milliseconds.withLock { $0 += by } }
}

struct TestFailure: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

/// A device as a client in any language would be one: it keeps what it has seen as an offset, and
/// writes batches by hand.
final class RawDevice: Sendable {
    let replica: ReplicaID
    let channel: String
    let stream: String
    private let state = Mutex((counter: UInt64(0), cursor: ""))

    init(_ number: UInt64, channel: String, stream: String) {
        replica = ReplicaID(high: 0xD, low: number)
        self.channel = channel
        self.stream = stream
    }

    /// An event of these operations that has seen the log up to `seen`; at `time`.
    func event(seen: UInt64, time: Int64, _ operations: String) -> String {
        """
        {"seen":"\(seen)","time":"\(time)","channel":"\(channel)","operations":[\(operations)]}
        """
    }

    /// A push of events from a counter on.
    func batch(from counter: UInt64, _ events: [String]) -> String {
        """
        {"batch":{"replica":"\(replica)","counter":"\(counter)","events":[\
        \(events.joined(separator: ","))]}}
        """
    }

    /// Pushes events after those pushed before.
    @discardableResult
    func push(_ events: [String], to server: TestServer, token: String?? = .none) async throws
        -> Answer
    {
        let counter = state.withLock { state in
            defer { state.counter += UInt64(events.count) }
            return state.counter + 1
        }
        return try await server.call(
            "POST", "/v1/streams/\(stream)/events", json: batch(from: counter, events),
            token: token)
    }
}
