import Foundation

/// One connection of a load: a socket that never blocks, and the client that it serves.
final class LoadConnection {
    enum Phase {
        case idle
        case waiting(until: UInt64)
        case awaiting(sent: UInt64)
        case listening
    }

    let descriptor: Int32
    let client: any LoadClient
    private(set) var phase = Phase.idle
    private var reader = AnswerReader()
    private var unsent: ArraySlice<UInt8> = []

    /// Connects to a port of this machine.
    init(port: Int, client: any LoadClient) throws {
        self.client = client
        descriptor = try Loopback.connected(to: port)
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
    }

    deinit { close(descriptor) }

    /// Whether an answer is due, or a moment to wait for.
    var isBusy: Bool {
        switch phase {
        case .waiting, .awaiting: return true
        case .idle, .listening: return false
        }
    }

    /// What to poll for.
    var events: Int16 {
        Int16(unsent.isEmpty ? POLLIN : POLLIN | POLLOUT)
    }

    /// Lets an idle client do its next step; without new requests where `isEnding`.
    func proceed(at now: UInt64, isEnding: Bool) throws {
        guard !isEnding else {
            phase = .idle
            return
        }
        switch client.next(at: now) {
        case .send(let request):
            phase = .awaiting(sent: now)
            try send(request[...])
        case .listen(let request):
            phase = .listening
            try send(request[...])
        case .wait(let moment): phase = .waiting(until: moment)
        case .finish: phase = .idle
        }
    }

    /// Sends on what could not be sent at once.
    func sendOn() throws { try send(unsent) }

    private func send(_ bytes: ArraySlice<UInt8>) throws {
        unsent = bytes
        while !unsent.isEmpty {
            let count = unsent.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count < 0, errno == EAGAIN { return }
            guard count > 0 else { throw CommandFailure("the connection was closed") }
            unsent = unsent.dropFirst(count)
        }
    }

    /// Reads what has come into `buffer` and hands it to the client; true once an answer is whole.
    func receive(into buffer: UnsafeMutableRawBufferPointer, at now: UInt64) throws -> Bool {
        let count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
        if count < 0, errno == EAGAIN { return false }
        guard count > 0 else { throw CommandFailure("the server closed the connection") }
        try reader.take(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        switch phase {
        case .listening:
            guard reader.status == 200 || reader.status == 0 else {
                throw CommandFailure("a subscription was answered \(reader.status)")
            }
            let piece = reader.takeBody()
            if !piece.isEmpty { try client.received(piece, at: now) }
            return false
        case .awaiting(let sent):
            guard reader.isComplete else { return false }
            phase = .idle
            try client.answered(reader.finish(), sent: sent, at: now)
            return true
        case .idle, .waiting:
            throw CommandFailure("an answer came that nobody asked for")
        }
    }
}
