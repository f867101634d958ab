import BatonSync
import Synchronization

/// Replays a data set on real clients against a real server, and checks what came of it.
public struct ReplayDriver: Sendable {
    private let world: ReplayWorld

    /// A replay against the server at an address.
    ///
    /// - Parameters:
    ///   - server: The server's address: `http://127.0.0.1:8377`.
    ///   - token: A token of role `service` that covers all streams.
    ///   - folder: A folder for the devices' stores, which are removed as they are done with.
    ///   - options: How to replay.
    /// - Throws: `server-unreachable` if the address is none.
    public init(
        server: String, token: String, folder: String, options: ReplayOptions
    ) throws(ReplayFailure) {
        let network: HTTPTransport
        do {
            network = try HTTPTransport(server: server)
        } catch {
            throw ReplayFailure(.serverUnreachable, error.message)
        }
        self.init(network: network, token: token, folder: folder, options: options)
    }

    /// A replay over any network, for tests.
    init(
        network: any SyncTransport, token: String, folder: String, options: ReplayOptions
    ) {
        var system = SystemRandomNumberGenerator()
        world = ReplayWorld(
            options: options, network: network, token: token, folder: folder,
            run: options.isForeignServer ? system.next() : 0)
    }

    /// Plays all events, lets all devices settle, and compares.
    ///
    /// Findings are in the report. Takes memory for all people and their journals.
    ///
    /// Cancellation: stops soon and throws `cancelled`; what was written stays written.
    /// - Throws: `server-unreachable`, `access-denied`, `stream-not-empty`, `unexpected-answer`,
    ///   `store-failed`, `cancelled`.
    public func run(
        _ data: LoadedDataSet, progress: @escaping @Sendable (ReplayProgress) -> Void = { _ in }
    ) async throws(ReplayFailure) -> ReplayReport {
        try await checkAccess()
        let plain = PlainCount(data.events)
        let people = data.journeys().map { PersonReplay($0, in: world) }
        let clock = ContinuousClock()
        let begun = clock.now
        try await play(people, data.events.count, progress)
        let played = clock.now
        let outcomes = try await settle(people, against: plain, progress)
        var report = ReplayReport(data, plain, world.options)
        report.add(outcomes)
        report.add(world.tally.counts)
        report.time = ReplayReport.Time(
            playing: (played - begun).inSeconds, settling: (clock.now - played).inSeconds,
            events: report.events.written)
        return report
    }

    private func play(
        _ people: [PersonReplay], _ total: Int,
        _ progress: @escaping @Sendable (ReplayProgress) -> Void
    ) async throws(ReplayFailure) {
        let done = Gathered<Void>()
        try await Crowd.each(people, width: world.options.width) {
            (person) async throws(ReplayFailure) in
            try await person.play {
                progress(ReplayProgress(phase: .playing, done: done.add(()), total: total))
            }
        }
    }

    private func settle(
        _ people: [PersonReplay], against plain: PlainCount,
        _ progress: @escaping @Sendable (ReplayProgress) -> Void
    ) async throws(ReplayFailure) -> [PersonOutcome] {
        let outcomes = Gathered<PersonOutcome>()
        try await Crowd.each(people, width: world.options.width) {
            (person) async throws(ReplayFailure) in
            let count = plain.people[person.journey.stream] ?? PlainPerson()
            let done = outcomes.add(try await person.settle(against: count))
            progress(ReplayProgress(phase: .settling, done: done, total: people.count))
        }
        return outcomes.all.sorted { $0.stream < $1.stream }
    }

    /// A wrong address or token is told at once, not after minutes of patience.
    private func checkAccess() async throws(ReplayFailure) {
        let call = SyncCall(
            .get, "/v1/schemas",
            headers: ["accept": "application/json", "authorization": "Bearer \(world.token)"])
        let reply: SyncReply
        do {
            reply = try await world.network.send(call)
        } catch {
            throw ReplayFailure(
                .serverUnreachable, "the server cannot be reached: see whether it runs there",
                cause: "\(error)")
        }
        guard reply.status == 200 else { throw ThinClient.failure(reply, call) }
    }
}

/// What several tasks bring together.
private final class Gathered<Element: Sendable>: Sendable {
    private let elements = Mutex<[Element]>([])

    var all: [Element] { elements.withLock { $0 } }

    /// Adds one and returns how many there are.
    func add(_ element: Element) -> Int {
        elements.withLock {
            $0.append(element)
            return $0.count
        }
    }
}

extension Duration {
    fileprivate var inSeconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}
