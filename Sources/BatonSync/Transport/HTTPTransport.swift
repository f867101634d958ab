import AsyncHTTPClient
import BatonGzip
import NIOCore
import NIOHTTP1

/// Requests over HTTP, all clients of a process sharing one pool of connections.
///
/// Open connections are kept for the next request and close by themselves after a minute unused.
public struct HTTPTransport: SyncTransport {
    private let server: String

    /// Speaks to the server at an address such as `https://sync.example.com`, with a path below which
    /// the calls lie if it has one.
    public init(server: String) throws(SyncFailure) {
        guard server.hasPrefix("http://") || server.hasPrefix("https://"),
            server.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), !server.contains("?")
        else {
            throw SyncFailure(
                .invalidOptions,
                "\"\(server)\" is not a server's address: use http://HOST:PORT or https://HOST")
        }
        self.server = server.hasSuffix("/") ? String(server.dropLast()) : server
    }

    /// Shared and never shut down: it holds no thread of its own, and connections only for a while.
    private static let client = HTTPClient(
        eventLoopGroupProvider: .singleton, configuration: configuration)

    private static var configuration: HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.timeout.connect = .seconds(10)
        // Three heartbeats of a live connection; a plain answer that stalls so long is lost too.
        configuration.timeout.read = .seconds(45)
        // When to try again is the client's to say, with its own backoff.
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.connectionPool.idleTimeout = .seconds(60)
        // A process that plays thousands of devices waits for connections rather than for sockets.
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 256
        configuration.httpVersion = .automatic
        return configuration
    }

    public func send(_ call: SyncCall) async throws(TransportFailure) -> SyncReply {
        do {
            var request = request(call)
            request.headers.add(name: "accept-encoding", value: "gzip")
            let response = try await Self.client.execute(
                request, timeout: .milliseconds(call.timeout.milliseconds))
            let body = try await response.body.collect(upTo: SyncLimits.answerBytes)
            let headers = Self.fields(response.headers)
            let isPacked = headers["content-encoding"]?.lowercased() == "gzip"
            let bytes = Array(body.readableBytesView)
            return SyncReply(
                status: Int(response.status.code), headers: headers,
                body: isPacked
                    ? try Gzip.decompress(bytes, limit: SyncLimits.answerBytes) : bytes)
        } catch {
            throw TransportFailure(error)
        }
    }

    public func open(_ call: SyncCall) async throws(TransportFailure) -> LiveReply {
        do {
            let response = try await Self.client.execute(
                request(call), timeout: .milliseconds(call.timeout.milliseconds))
            return LiveReply(
                status: Int(response.status.code), headers: Self.fields(response.headers),
                body: Self.pieces(of: response.body))
        } catch {
            throw TransportFailure(error)
        }
    }

    private func request(_ call: SyncCall) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: server + call.path)
        request.method = call.method == .get ? .GET : .POST
        for (name, value) in call.headers { request.headers.add(name: name, value: value) }
        if !call.body.isEmpty { request.body = .bytes(call.body) }
        return request
    }

    private static func fields(_ headers: HTTPHeaders) -> [String: String] {
        Dictionary(
            headers.map { ($0.name.lowercased(), $0.value) },
            uniquingKeysWith: { first, _ in first })
    }

    /// The body piece by piece. A reader that leaves more than the limit lying is cut off; it goes on
    /// from its cursor with the next connection.
    private static func pieces(
        of body: HTTPClientResponse.Body
    ) -> AsyncThrowingStream<[UInt8], any Error> {
        let (pieces, writer) = AsyncThrowingStream.makeStream(
            of: [UInt8].self, bufferingPolicy: .bufferingOldest(SyncLimits.livePieces))
        let reading = Task {
            do {
                for try await buffer in body {
                    if case .dropped = writer.yield(Array(buffer.readableBytesView)) {
                        throw TransportFailure(.tooLarge, "live events came faster than they went")
                    }
                }
                writer.finish()
            } catch {
                writer.finish(throwing: error)
            }
        }
        writer.onTermination = { _ in reading.cancel() }
        return pieces
    }
}

extension TransportFailure {
    fileprivate init(_ error: any Error) {
        let message = String(describing: error)
        switch error {
        case is CancellationError: self.init(.cancelled, message)
        case is NIOTooManyBytesError: self.init(.tooLarge, message)
        case let error as GzipFailure where error.code == .tooLarge: self.init(.tooLarge, message)
        case let error as HTTPClientError where error == .cancelled:
            self.init(.cancelled, message)
        case let error as HTTPClientError
        where error == .deadlineExceeded || error == .readTimeout || error == .connectTimeout
            || error == .getConnectionFromPoolTimeout:
            self.init(.timedOut, message)
        default:
            // The TLS library's errors are not part of what the HTTP client declares.
            let isUntrusted = message.contains("CERTIFICATE") || message.contains("handshake")
            self.init(isUntrusted ? .untrusted : .unreachable, message)
        }
    }
}

extension Duration {
    fileprivate var milliseconds: Int64 {
        components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    }
}
