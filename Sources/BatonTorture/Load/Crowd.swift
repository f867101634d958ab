import AsyncHTTPClient
import BatonSync
import NIOCore
import NIOHTTP1

/// Many connections of a crowd's own, past all limits that the SDK sets itself.
final class Crowd: SyncTransport {
    private let address: String
    private let client: HTTPClient

    /// Answers are read up to so many bytes.
    private static let answerBytes = 64 << 20

    init(_ address: String) {
        self.address = address
        var configuration = HTTPClient.Configuration()
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 20_000
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.timeout.connect = .seconds(10)
        configuration.timeout.read = .seconds(60)
        client = HTTPClient(configuration: configuration)
    }

    func send(_ call: SyncCall) async throws(TransportFailure) -> SyncReply {
        do {
            let response = try await client.execute(request(call), timeout: .seconds(60))
            let body = try await response.body.collect(upTo: Self.answerBytes)
            return SyncReply(
                status: Int(response.status.code),
                headers: Dictionary(
                    response.headers.map { ($0.name.lowercased(), $0.value) },
                    uniquingKeysWith: { first, _ in first }),
                body: Array(body.readableBytesView))
        } catch {
            throw TransportFailure(.unreachable, "\(error)")
        }
    }

    func open(_ call: SyncCall) async throws(TransportFailure) -> LiveReply {
        throw TransportFailure(.unreachable, "a crowd does not follow")
    }

    /// Asks, and then reads nothing of the answer until the task is cancelled.
    func stare(_ call: SyncCall) async {
        guard let response = try? await client.execute(request(call), timeout: .seconds(600))
        else { return }
        // Held, so that the connection stays open.
        try? await Task.sleep(for: .seconds(600))
        _ = response
    }

    /// Closes all connections.
    func close() async { try? await client.shutdown() }

    private func request(_ call: SyncCall) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: address + call.path)
        request.method = call.method == .get ? .GET : .POST
        for (name, value) in call.headers { request.headers.add(name: name, value: value) }
        if !call.body.isEmpty { request.body = .bytes(ByteBuffer(bytes: call.body)) }
        return request
    }
}
