import AsyncHTTPClient
import NIOCore

/// A client with connections of its own, so that each test counts its own.
func withClient(_ body: (HTTPClient) async throws -> Void) async throws {
    let client = HTTPClient(
        configuration: .init(timeout: .init(connect: .seconds(120)), decompression: .disabled))
    do {
        try await body(client)
    } catch {
        try await client.shutdown()
        throw error
    }
    try await client.shutdown()
}

/// Whether something becomes so within 20 seconds, or longer on a slow machine.
func eventually(_ condition: () async throws -> Bool) async throws -> Bool {
    for _ in 0..<1_000 {
        if try await condition() { return true }
        try await Task.sleep(for: .milliseconds(20))
    }
    return false
}
