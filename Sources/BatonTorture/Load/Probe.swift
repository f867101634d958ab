import BatonSync
import Foundation

/// Asks the server now and then how it does, as a client of its own.
struct Probe {
    let site: TortureSite
    private let writes: ThinProbe

    /// What a write was answered.
    enum Answer: Equatable {
        case accepted
        /// A problem, by its slug.
        case refused(String)
        /// No answer came.
        case none
    }

    /// Writes to a stream of its own.
    init(_ site: TortureSite) {
        self.site = site
        writes = ThinProbe(network: site.server.address, token: site.server.token)
    }

    /// Writes until the answer is the awaited one; what came instead at the end of the time.
    func await(
        _ wanted: Answer, within milliseconds: Int
    ) async -> Answer {
        let deadline = ContinuousClock.now + .milliseconds(milliseconds)
        while true {
            let answer = await writes.write()
            if answer == wanted || ContinuousClock.now > deadline { return answer }
            try? await Task.sleep(for: .milliseconds(20))
        }
    }

    /// Reads every stream that has been read before; a finding for each that cannot be.
    func read(_ place: String, _ audit: LogAudit) async {
        for (stream, cursor) in audit.cursors where !cursor.isEmpty {
            do {
                _ = try await site.reader.page(of: stream, after: "")
                _ = try await site.reader.stateHash(of: stream)
            } catch {
                site.findings.add(
                    .answer, "\(place), stream \(stream)", "a read failed: \(error.text)")
            }
        }
    }
}

/// Sends writes to a stream that nobody else knows.
struct ThinProbe {
    let network: any SyncTransport
    let token: String

    func write() async -> Probe.Answer {
        let call = SyncCall(
            .post, "/v1/streams/probe/entities/cart/main",
            headers: [
                "content-type": "application/json", "authorization": "Bearer \(token)",
            ],
            body: Array(#"{"operations":[{"path":"/lines/probe/quantity","add":1}]}"#.utf8),
            timeout: .seconds(20))
        guard let reply = try? await network.send(call) else { return .none }
        if reply.status == 200 { return .accepted }
        let slug = ProblemText(reply).type.split(separator: ":").last.map(String.init)
        return .refused(slug ?? "status-\(reply.status)")
    }
}
