import BatonSync
import Foundation

/// What an app waits for when it starts.
struct OpenMeasurement: Benchmark {
    let scale: BenchScale

    static let few = Figure("open10Milliseconds", "opened, 10 entities", .milliseconds)
    static let some = Figure("open1000Milliseconds", "opened, 1,000 entities", .milliseconds)
    static let many = Figure("open10000Milliseconds", "opened, 10,000 entities", .milliseconds)
    static let file = Figure(
        "fileMilliseconds", "limit: the largest store's file, read whole", .milliseconds)
    static let toFile = Figure("openToFile", "opening it to reading its file", .ratio)
    static let size = Figure("storeBytes", "the largest store on disk", .bytes)
    static let before = Figure(
        "memoryBeforeBytes", "resident before the largest is opened", .bytes)
    static let after = Figure("memoryAfterBytes", "resident after it was opened", .bytes)

    let name = "sdk-open"
    let title = "SDK: a store opened"
    var explanation: String {
        """
        Stores with \(counts.map { Quantity.grouped(Double($0)) }.joined(separator: ", ")) orders of two \
        lines in one stream, pulled from a server before, are opened until all of it can be read. Memory is \
        that of a process that does nothing else, as Linux counts its resident pages. Beside it: the \
        largest store's file, read whole.
        """
    }
    let figures = [few, some, many, file, toFile, size, before, after]
    var headline: Figure? { Self.many }
    let bars = [Bar(many, .atMost(100))]

    private var counts: [Int] {
        scale.pick([10, 1_000, 10_000], quick: [10, 200, 2_000], tiny: [2, 5, 10])
    }
    private var times: Int { scale.pick(9, quick: 3, tiny: 1) }

    private func store(_ count: Int, in folder: String) -> String { "\(folder)/store-\(count).db" }

    func prepare(in folder: String) async throws {
        try await LogFilling.with(folder + "/data") { log in
            for count in counts {
                try await LogFilling.fill(
                    log, streams: ["orders-\(count)"], history: EntityHistory(), events: count,
                    push: 100)
            }
        }
        try await BenchServer.with(BenchServer.serving(folder + "/data")) { server in
            for count in counts {
                try await withSyncClient(
                    store: .file(store(count, in: folder)),
                    server: "http://127.0.0.1:\(server.port)", channel: "store",
                    token: .fixed(server.token)
                ) { client in
                    _ = try client.stream("orders-\(count)")
                    try await client.sync()
                }
            }
        }
    }

    func run(in folder: String) async throws -> RunResult {
        var result = RunResult()
        for (figure, count) in zip([Self.few, Self.some, Self.many], counts) {
            var milliseconds: [Double] = []
            for _ in 0..<times {
                let begun = Stopwatch.now
                let client = try await SyncClient.open(
                    store: .file(store(count, in: folder)), server: nil, channel: "store")
                milliseconds.append(Double(Stopwatch.now - begun) / 1e6)
                let entities = try client.stream("orders-\(count)").entities.count
                try await client.close()
                guard entities == count else {
                    throw CommandFailure("\(entities) of \(count) entities are in the store")
                }
            }
            result[figure] = Statistics.median(milliseconds)
        }
        let largest = store(counts[2], in: folder)
        result[Self.file] = try BareFile.read(largest, times: times)
        result[Self.toFile] = result[Self.many] / result[Self.file]
        result[Self.size] = Double(try BareFile.bytes(of: largest).count)
        let memory = try DeviceMemory.opening(largest)
        (result[Self.before], result[Self.after]) = (memory.before, memory.after)
        return result
    }

    func charts(_ report: SectionReport) -> [Chart] {
        let labels = counts.map { Quantity.grouped(Double($0)) + " entities" }
        return [
            .bars(
                BarChart(
                    title: "Milliseconds until all can be read", unit: .milliseconds,
                    items: [
                        .init(labels[0], report[Self.few], .ours),
                        .init(labels[1], report[Self.some], .ours),
                        .init(labels[2], report[Self.many], .ours),
                        .init("plain file read", report[Self.file], .limit),
                    ], mark: .init("at most", 100)))
        ]
    }
}
