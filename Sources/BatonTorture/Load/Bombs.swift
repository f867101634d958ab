import BatonGzip
import BatonSync

/// Bodies that are small as sent and huge, or endless work, once they are unpacked or read.
struct Bombs: Sendable {
    private let stream: String
    private let address: String
    private let token: String
    private let bodies: [(name: String, bytes: [UInt8], coding: String?)]

    private static let hugeBytes = 64 << 20

    /// Between two of them.
    private static let fuse = Duration.milliseconds(50)
    /// How they may be answered.
    private static let refusals: Set = [
        "body-too-large", "malformed-encoding", "malformed-json", "overloaded",
    ]

    init(at stream: String, of address: String, token: String) throws(TortureFailure) {
        self.stream = stream
        self.address = address
        self.token = token
        do {
            let zeros = try Gzip.compress([UInt8](repeating: 0, count: Self.hugeBytes))
            let spaces = try Gzip.compress(
                [UInt8](repeating: UInt8(ascii: " "), count: Self.hugeBytes), as: .deflate)
            bodies = [
                ("zeros", zeros, "gzip"), ("spaces", spaces, "deflate"),
                ("nested", try Gzip.compress(zeros), "gzip"),
                ("large", [UInt8](repeating: UInt8(ascii: "["), count: 2 << 20), nil),
                ("deep", [UInt8](repeating: UInt8(ascii: "["), count: 100_000), nil),
            ]
        } catch {
            throw TortureFailure(.folder, "a bomb cannot be made", cause: "\(error)")
        }
    }

    /// Throws them until then, and each kind once at least: how many, by answer. One that is not refused is a
    /// finding.
    func keepThrowing(
        until deadline: ContinuousClock.Instant, from place: String, _ findings: FindingList
    ) async -> [String: Int] {
        let crowd = Crowd(address)
        var answers: [String: Int] = [:]
        var number = 0
        while ContinuousClock.now < deadline || number < bodies.count {
            let bomb = bodies[number % bodies.count]
            number += 1
            let slug = await answer(to: bomb.bytes, coding: bomb.coding, over: crowd)
            answers["bomb answered \(slug ?? "by the end of the connection")", default: 0] += 1
            if let slug, !Self.refusals.contains(slug) {
                findings.add(.answer, place, "the bomb \(bomb.name) was answered \(slug)")
            }
            try? await Task.sleep(for: Self.fuse)
        }
        await crowd.close()
        return answers
    }

    private func answer(
        to body: [UInt8], coding: String?, over network: any SyncTransport
    ) async -> String? {
        var headers = ["authorization": "Bearer \(token)", "content-type": "application/json"]
        headers["content-encoding"] = coding
        let call = SyncCall(
            .post, "/v1/streams/\(stream)/events", headers: headers, body: body,
            timeout: .seconds(60))
        guard let reply = try? await network.send(call) else { return nil }
        let type = reply.status == 200 ? "taken" : ProblemText(reply).type
        return type.split(separator: ":").last.map(String.init) ?? type
    }
}
