import HTTPTypes
import HummingbirdCore
import NIOCore

/// Writes an answer in pieces, each handed over only when the connection has taken most of what came
/// before: what a slow client has not read stays in one place, and under watch.
struct PacedWriter: ResponseBodyWriter {
    var writer: any ResponseBodyWriter
    let channel: any Channel
    let pressure: Pressure
    /// Who pays for each piece, where the answer's length was not known before. Before it is taken: who goes
    /// away in the middle has had it made.
    let payer: Principal?

    /// Bytes of a piece: about what a connection buffers before it says that it is full.
    private static let pieceBytes = 32 * 1024

    @concurrent mutating func write(_ buffer: ByteBuffer) async throws {
        var rest = buffer
        while let piece = rest.readSlice(length: min(rest.readableBytes, Self.pieceBytes)),
            piece.readableBytes > 0
        {
            if let payer { pressure.pay(piece.readableBytes, by: payer) }
            let watched = pressure.stalls.begin(on: channel)
            defer { pressure.stalls.end(watched) }
            try await writer.write(piece)
        }
    }

    @concurrent consuming func finish(_ trailingHeaders: HTTPFields?) async throws {
        try await writer.finish(trailingHeaders)
    }
}
