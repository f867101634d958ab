import ArgumentParser
import BatonCore
import BatonGzip
import BatonWire
import Foundation

/// `baton bench merge`: how fast the core folds events, and what they cost in memory and bytes.
struct BenchMerge: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge",
        abstract: "Measure the merge: events folded a second on one core, memory, bytes a change.",
        discussion: """
            Histories are made first, then folded again and again on one thread; rates are medians
            of five runs, by the thread's processor time, so that a busy machine does not change
            them. "linear" is the time an event takes in the whole history, by the time
            it takes in the first tenth: 1.0 is linear. Memory is what the process grew by
            while it held many copies of the state. "compressed" is a pull of 1,000 changes as
            protobuf, all causal data in it, gzip coded.

            Example:
              baton bench merge --events 10000
            """)

    @Option(help: "Events of each history.")
    var events = 10_000

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        guard (1_000...1_000_000).contains(events) else {
            throw ValidationError("--events is from 1000 to 1000000")
        }
    }

    func run() throws {
        let bar = ProgressBar("merge")
        let scenarios = try MergeScenario.all(events: events)
        var reports: [MergeReport] = []
        for (index, scenario) in scenarios.enumerated() {
            bar.show(index, of: scenarios.count)
            reports.append(try MergeReport(measuring: scenario))
        }
        bar.end()
        let sizes = try [1, 100, 10_000].map { try OneMoreEvent(replicas: $0) }
        if json {
            try Output.tell(json: Report(histories: reports, oneMoreEvent: sizes))
            return
        }
        Output.tell(Output.table(MergeReport.headings, reports.map(\.row)))
        Output.tell(
            "\nOne more event of a replica, on a stream that so many replicas have written to:\n"
                + Output.table(OneMoreEvent.headings, sizes.map(\.row)))
    }

    private struct Report: Encodable {
        let histories: [MergeReport]
        let oneMoreEvent: [OneMoreEvent]
    }
}

/// What was measured of one history.
struct MergeReport: Encodable {
    let history: String
    let description: String
    let events: Int
    let operations: Int
    let eventsPerSecond: Double
    let operationsPerSecond: Double
    /// From the bytes of a pull: decoded, then folded.
    let decodedEventsPerSecond: Double
    /// The time an event takes in the whole history by that in its first tenth.
    let linear: Double
    let canonicalBytes: Int
    let memoryBytes: Int
    let memoryToCanonical: Double
    let memoryBytesPerEvent: Double
    /// Of the first 1,000 changes, gzip coded.
    let compressedBytesPerChange: Double

    init(measuring scenario: MergeScenario) throws {
        history = scenario.name
        description = scenario.description
        events = scenario.events.count
        operations = scenario.operations
        let entries = scenario.events.map(Entry.event)
        let tenth = Array(entries.prefix(entries.count / 10))
        let whole = Self.median { Self.fold(entries, scenario.schemas) }
        let first = Self.median { Self.fold(tenth, scenario.schemas) }
        eventsPerSecond = Double(entries.count) / whole
        operationsPerSecond = Double(operations) / whole
        linear = whole / Double(entries.count) / (first / Double(tenth.count))

        let encodings = scenario.events.map { ($0.dot, $0.encoded) }
        decodedEventsPerSecond =
            Double(entries.count)
            / Self.median {
                var state = StreamState()
                for (index, (dot, bytes)) in encodings.enumerated() {
                    guard let entry = try? Entry(encoded: bytes, dot: dot) else { continue }
                    state.apply(
                        entry, at: Offset(rawValue: UInt64(index + 1)), schemas: scenario.schemas)
                }
                return state
            }

        let state = Self.fold(entries, scenario.schemas)
        canonicalBytes = state.canonicalJSON.utf8.count
        memoryBytes = try MergeMemory.measured(of: scenario, canonicalBytes: canonicalBytes)
        memoryToCanonical = Double(memoryBytes) / Double(canonicalBytes)
        memoryBytesPerEvent = Double(memoryBytes) / Double(events)
        let changes = Array(scenario.events.prefix(1_000))
        compressedBytesPerChange =
            Double(try Gzip.compress(Self.pull(of: changes)).count) / Double(changes.count)
    }

    static let headings = [
        "history", "events", "events/s", "operations/s", "decoded+folded/s", "linear",
        "memory", "of canonical", "bytes an event", "compressed",
    ]

    var row: [String] {
        func whole(_ value: Double) -> String { String(format: "%.0f", value) }
        func fine(_ value: Double) -> String { String(format: "%.2f", value) }
        return [
            history, "\(events)", whole(eventsPerSecond), whole(operationsPerSecond),
            whole(decodedEventsPerSecond), fine(linear), "\(memoryBytes / 1024) KiB",
            fine(memoryToCanonical) + "×", whole(memoryBytesPerEvent),
            fine(compressedBytesPerChange) + " bytes",
        ]
    }

    static func fold(_ entries: [Entry], _ schemas: SchemaSet) -> StreamState {
        var state = StreamState()
        for (index, entry) in entries.enumerated() {
            state.apply(entry, at: Offset(rawValue: UInt64(index + 1)), schemas: schemas)
        }
        return state
    }

    /// Seconds of processor time that `body` takes: the median of five runs.
    private static func median(_ body: () -> StreamState) -> Double {
        let runs = (0..<5).map { _ in
            let begun = ProcessorTime.ofThisThread
            let state = body()
            let elapsed = ProcessorTime.ofThisThread - begun
            withExtendedLifetime(state) {}
            return elapsed
        }
        return runs.sorted()[2]
    }

    /// The protobuf answer to a pull: a batch for each run of one replica's events.
    private static func pull(of events: [Event]) -> [UInt8] {
        var response = Baton_V1_PullResponse()
        for (index, event) in events.enumerated() {
            let dot = event.dot
            if response.batches.last?.replica != dot.replica.description {
                var batch = Baton_V1_Batch()
                batch.replica = dot.replica.description
                batch.counter = dot.counter.rawValue
                batch.offset = UInt64(index + 1)
                response.batches.append(batch)
            }
            response.batches[response.batches.count - 1].events.append(event.message)
        }
        return Protobuf.encode(response)
    }
}

/// What one more event costs on the wire, however many replicas have written before.
struct OneMoreEvent: Encodable {
    let replicas: Int
    /// The encoded event with its context.
    let eventBytes: Int
    /// The request that pushes it, without HTTP headers.
    let pushBytes: Int

    /// Adds one to a cart line, having seen all of a stream of one event by each of `replicas`.
    init(replicas: Int) throws {
        self.replicas = replicas
        let scenario = try MergeScenario.manyReplicas(events: replicas, replicas: replicas)
        var state = StreamState()
        for (index, event) in scenario.events.enumerated() {
            state.apply(
                .event(event), at: Offset(rawValue: UInt64(index + 1)), schemas: scenario.schemas)
        }
        guard state.vector.counters.count == replicas else {
            throw CommandFailure("\(state.vector.counters.count) of \(replicas) replicas wrote")
        }
        let operations = [
            FieldOperation(
                try EntityID("cart/main"), FieldPath(["lines", "sku-10001", "quantity"]),
                .add(.integer(1)))
        ]
        let replica = ReplicaID(high: 0xF00D_CAFE, low: 1)
        let event = Event(
            dot: Dot(replica, Counter(rawValue: 1)),
            context: Context(replica: replica, own: .none, seen: state.offset),
            timestamp: Timestamp(milliseconds: 1_763_798_400_000),
            channel: try ChannelName("app"),
            operations: operations + state.keeps(for: operations, schemas: scenario.schemas))
        eventBytes = event.encoded.count
        var request = Baton_V1_PushRequest()
        request.batch.replica = replica.description
        request.batch.counter = 1
        request.batch.events = [event.message]
        pushBytes = Protobuf.encode(request).count
    }

    static let headings = ["replicas", "event", "push"]
    var row: [String] { ["\(replicas)", "\(eventBytes) bytes", "\(pushBytes) bytes"] }
}
