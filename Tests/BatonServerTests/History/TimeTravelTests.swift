import BatonArchive
import BatonCore
import BatonLog
import BatonWire
import Testing

@testable import BatonServer

/// The past is answered as it was: from the log, from the base on after compaction, and through an
/// archive below that (specification sections 10.1, 10.3, 10.4, 10.6).
@Suite struct TimeTravelTests {
    private let note = FieldPath(pointer: "/note")

    /// A server that remembers nothing of what was before.
    private func service(_ log: any LogEngine, archive: ArchiveShelf? = nil) -> StreamService {
        StreamService(
            engine: log, schemas: TenantSchemas(BuiltinSchemas.all), limits: ServerLimits(),
            archive: archive,
            wallClock: { 0 })
    }

    private func answer(_ body: () async throws -> String) async throws -> String {
        do {
            return try await body()
        } catch let problem as Problem { return problem.slug.rawValue }
    }

    private func entity(_ moment: PastMoment, _ key: StreamKey, from service: StreamService)
        async throws -> String
    {
        let cart = try EntityID("cart/main")
        return try await answer {
            try await service.entity(cart, of: key, at: moment).value.canonicalJSON
        }
    }

    /// What is answered of each moment, by offset and by time: entity, explanation, timeline; and the
    /// conflicts of all time.
    private func answers(
        _ key: StreamKey, through head: Int, times: [Int64], from service: StreamService
    )
        async throws -> [String]
    {
        let cart = try EntityID("cart/main")
        let path = try #require(note)
        var answers: [String] = []
        let offsets = (0...UInt64(head) + 1).map { PastMoment.offset(Offset(rawValue: $0)) }
        for moment in offsets + times.map({ PastMoment.time($0) }) {
            answers.append(try await entity(moment, key, from: service))
            answers.append(
                try await answer {
                    try await service.explanation(
                        of: cart, at: path, in: key, at: moment, for: .service
                    ).json.canonicalJSON
                })
            answers.append(
                try await answer {
                    try await service.timeline(
                        key, after: .start, limit: 500, at: moment, for: .service
                    ).canonicalJSON
                })
        }
        answers.append(
            try await service.conflicts(key, .all, of: nil, for: .service).canonicalJSON)
        return answers
    }

    @Test(arguments: LogKind.allCases)
    func `With an archive, the past is the same after compaction as before`(
        kind: LogKind
    ) async throws {
        try await kind.run { log, folder in
            let stream = try CompactedStream(log)
            let key = stream.key
            let path = folder + "/archive"
            try await TestServer.with(engine: log) { server in
                let times = (0...14).map { server.clock.now + Int64($0) * 1_000 - 1 }
                try await stream.quarrel(on: server)
                try await stream.fill(12, on: server)
                let head = Int(try await log.head(of: key).offset.rawValue)
                let before = try await answers(
                    key, through: head, times: times, from: service(log))
                #expect(before.contains { $0.contains("mine") && $0.contains("overruled") })
                // Offset 0, and the moment before the first entry: entity and explanation.
                #expect(before.filter { $0 == "entity-not-found" }.count == 4)

                // In two runs, so that there are two segments, and a third part in the log.
                try await stream.compact(keep: 8, archive: ArchiveWriter(path))
                try await stream.compact(keep: 3, archive: ArchiveWriter(path))
                let shelf = ArchiveShelf(path)
                let after = try await answers(
                    key, through: head, times: times, from: service(log, archive: shelf))
                #expect(after.count == before.count)
                for (old, new) in zip(before, after) { #expect(old == new) }

                // A horizon inside a segment: a part of it was brought back.
                let archive = try Archive(opening: path)
                let manifest = try #require(try archive.manifest(of: key))
                #expect(manifest.segments.count == 2)
                let segment = try archive.segment(manifest.segments[1], of: key)
                let last = segment.chunks.count - 2
                _ = try await log.putBack(
                    segment.chunks[last...].map { ArchivedChunk($0) },
                    after: segment.chain(at: segment.chunks[last - 1].lastOffset), movedTo: nil,
                    to: key)
                #expect(
                    try await log.head(of: key).horizon == segment.chunks[last - 1].lastOffset)
                #expect(
                    try await answers(
                        key, through: head, times: times, from: service(log, archive: shelf))
                        == before)
            }
        }
    }

    @Test(arguments: LogKind.allCases)
    func `Without one, the past from the base on is answered, and what is gone is said to be gone`(
        kind: LogKind
    ) async throws {
        try await kind.run { log, folder in
            let stream = try CompactedStream(log)
            let key = stream.key
            try await TestServer.with(engine: log) { server in
                try await stream.fill(10, on: server)
                let head = try await log.head(of: key).offset.rawValue
                let offsets = (0...head).map { PastMoment.offset(Offset(rawValue: $0)) }
                var before: [String] = []
                for moment in offsets {
                    before.append(try await entity(moment, key, from: service(log)))
                }
                try await stream.compact(keep: 4)
                for (offset, moment) in offsets.enumerated() {
                    let after = try await entity(moment, key, from: service(log))
                    #expect(
                        after == (offset < head - 4 ? "compacted" : before[offset]), "\(offset)")
                }
                let now = server.clock.now
                #expect(
                    try await entity(.time(now - 60_000), key, from: service(log)) == "compacted")
                #expect(try await entity(.time(now), key, from: service(log)) == before.last)

                // The same over HTTP.
                let gone = try await server.call("GET", "/v1/streams/cust-1/timeline?at=3")
                #expect(gone.problem == "compacted" && gone.status == 410)
                let cart = "/v1/streams/cust-1/entities/cart/main"
                #expect(try await server.call("GET", cart + "?at=3").status == 410)
                #expect(
                    try await server.call("GET", cart + "?at=\(head - 1)").text
                        == before[Int(head) - 1])
            }
        }
    }

    @Test func `A timeline of the past ends there, page by page`() async throws {
        let log = MemoryLog()
        let stream = try CompactedStream(log)
        try await TestServer.with(engine: log) { server in
            try await stream.fill(8, on: server)
            let path = "/v1/streams/cust-1/timeline?at=5&limit=2"
            var after = 0
            var offsets: [Int] = []
            while true {
                let page = try await server.call("GET", path + "&after=\(after)").json
                let entries = page["entries"] as? [[String: Any]] ?? []
                offsets += entries.compactMap { $0["offset"] as? Int }
                #expect(page["head"] as? Int == 5)
                guard let next = page["next"] as? Int else { break }
                after = next
            }
            #expect(offsets == [1, 2, 3, 4, 5])
            #expect(
                try await server.call("GET", "/v1/streams/cust-1/timeline?at=soon").problem
                    == "invalid-parameter")
            // Beyond the head is the head.
            let cart = "/v1/streams/cust-1/entities/cart/main"
            #expect(
                try await server.call("GET", cart + "?at=999").text
                    == server.entity("cust-1", "cart/main"))
        }
    }

    @Test func `A server set on another log's archive says so, and serves the present`()
        async throws
    {
        try await LogKind.memory.run { log, folder in
            let path = folder + "/archive"
            let other = MemoryLog()
            let theirs = try CompactedStream(other)
            try await TestServer.with(engine: other) { server in
                try await theirs.quarrel(on: server)
                try await theirs.fill(8, on: server)
                try await theirs.compact(keep: 0, archive: ArchiveWriter(path))
            }
            let ours = try CompactedStream(log)
            try await TestServer.with(engine: log) { server in
                try await ours.fill(8, on: server)
                let present = try await server.entity("cust-1", "cart/main")
                try await ours.compact(keep: 2)
                let service = service(log, archive: ArchiveShelf(path))
                let third = PastMoment.offset(Offset(rawValue: 3))
                #expect(
                    try await entity(third, ours.key, from: service) == "storage-failed")
                let now = PastMoment.time(server.clock.now)
                #expect(try await entity(now, ours.key, from: service) == "storage-failed")
                let cart = try EntityID("cart/main")
                let value = try await service.entity(cart, of: ours.key, at: nil).value
                #expect(value.canonicalJSON == present)
            }
        }
    }
}
