import BatonCore
import BatonLog
import BatonServer
import BatonWire
import Synchronization

/// Cases of a whole log: pushes, pulls and compactions on an empty one, through the server's own
/// logic and an engine in memory.
struct LogAnswer {
    /// The server's clock, which each step of a case may set.
    final class WallClock: Sendable {
        private let milliseconds = Mutex<Int64>(0)

        var now: Int64 {
            get { milliseconds.withLock { $0 } }
            set { milliseconds.withLock { $0 = newValue } }
        }
    }

    let clock: WallClock
    let engine: MemoryLog
    let service: StreamService
    let key: StreamKey
    let tenant: TenantID
    /// Whether an event was ever refused for good.
    var hasVoid = false

    /// An empty log under `schemas`.
    private init(schemas: SchemaSet) throws {
        let clock = WallClock()
        self.clock = clock
        engine = MemoryLog(
            identity: LogIdentity(
                epoch: "0123456789abcdef", replica: ReplicaID(high: .max, low: .max)))
        service = StreamService(
            engine: engine, schemas: schemas, wallClock: { clock.now })
        tenant = try TenantID("vectors")
        key = StreamKey(tenant: tenant, stream: try StreamID("case"))
    }

    static func answer(to given: Given) async throws -> Value {
        var log = try LogAnswer(schemas: given.schemas())
        var answers: [Value] = []
        for step in try given.member("steps").list() {
            answers.append(try await log.take(step))
        }
        var members = try await log.whole()
        members["steps"] = .list(answers)
        return .object(members)
    }

    private mutating func take(_ step: Given) async throws -> Value {
        if let now = step.optional("now") { clock.now = try now.integer() }
        do {
            if let push = step.optional("push") { return try await self.push(push, of: step) }
            if let bytes = step.optional("pushBytes") {
                return try await push(PushedBatch(pushRequest: bytes.bytes()), of: step)
            }
            if let pull = step.optional("pull") { return try await self.pull(pull) }
            if let offset = step.optional("compact") { return try await compact(offset) }
        } catch let problem as Problem {
            return .object(["problem": .string(problem.slug.rawValue)])
        } catch let failure as WireFailure {
            return .object(["problem": .string(failure.code.rawValue)])
        }
        throw step.failure("a step is one of push, pushBytes, pull and compact")
    }

    /// Folds the log into a stored snapshot and drops it up to an offset.
    private func compact(_ offset: Given) async throws -> Value {
        let snapshot = try await service.snapshot(key)
        try await engine.store(
            StoredSnapshot(
                offset: Offset(rawValue: snapshot.offset), body: Protobuf.encode(snapshot.state),
                stateHash: StateHash(of: state(of: snapshot)).bytes),
            as: .base, for: key)
        let horizon = try await engine.compact(key, through: Offset(rawValue: offset.number()))
        return .object(["horizon": .integer(Int64(horizon.rawValue))])
    }

    /// What there is in the end.
    private func whole() async throws -> [ExactText: Value] {
        let snapshot = try await service.snapshot(key)
        let state = try state(of: snapshot)
        guard StateHash(of: state).description == snapshot.stateHash else {
            throw UnreadableCase("the snapshot in the end has another hash than it says")
        }
        return StateAnswer.members(of: state, schemas: service.schemas.shared.set)
    }

    private func state(of snapshot: Baton_V1_Snapshot) throws -> StreamState {
        try StreamState(snapshot.state, offset: Offset(rawValue: snapshot.offset))
    }
}
