import HTTPTypes
import HummingbirdCore
import NIOCore

/// Writes an answer in pieces, each handed over only when the connection has taken most of what came
/// before: what a slow client has not read stays in one place, and ``UnwritableWatch`` looks after it.
struct PacedWriter: ResponseBodyWriter {
    var writer: any ResponseBodyWriter
    let pressure: Pressure
    /// Who pays, where the length was not known before. Each piece is paid before it is written: it was made even
    /// if the client goes away. Whoever is in debt gets the next piece the later.
    let payer: PrincipalBudget.Payer?

    /// Bytes of a piece: about what a connection buffers before it says that it is full.
    private static let pieceBytes = 32 * 1024
    /// How long a piece is held back for its caller's debt at most.
    private static let mostDelay = Duration.seconds(1)

    @concurrent mutating func write(_ buffer: ByteBuffer) async throws {
        var rest = buffer
        while let piece = rest.readSlice(length: min(rest.readableBytes, Self.pieceBytes)),
            piece.readableBytes > 0
        {
            if let payer {
                let debt = pressure.pay(piece.readableBytes, by: payer)
                if debt > 0 { try await Task.sleep(for: min(.milliseconds(debt), Self.mostDelay)) }
            }
            try await writer.write(piece)
        }
    }

    @concurrent consuming func finish(_ trailingHeaders: HTTPFields?) async throws {
        try await writer.finish(trailingHeaders)
    }
}
