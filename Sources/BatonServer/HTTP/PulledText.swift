import BatonWire

/// The JSON form of a pull answer that brings batches, made one batch after another: neither does a long one
/// keep a processor from others, nor is more of it made than its client takes.
struct PulledText {
    private let message: Baton_V1_PullResponse
    private let batches: [PulledBatch]
    private var given = 0
    private var hasEnded = false

    /// Bytes of batches in a piece, about.
    private static let pieceBytes = 16 * 1024

    /// Of an answer that brings batches and no snapshot.
    init(_ pulled: Pulled) {
        message = pulled.message
        batches = pulled.batches
    }

    /// The next piece; `nil` after the last.
    mutating func next() throws(WireFailure) -> [UInt8]? {
        guard !hasEnded else { return nil }
        var piece = given == 0 ? Array(#"{"batches":["#.utf8) : []
        var taken = 0
        while given < batches.count, taken < Self.pieceBytes {
            if given > 0 { piece.append(UInt8(ascii: ",")) }
            piece += try Protobuf.encodeJSON(batches[given].decoded())
            taken += batches[given].frames.count
            given += 1
        }
        if given == batches.count {
            hasEnded = true
            // The cursor at least is among the rest.
            piece += Array("],".utf8) + (try Protobuf.encodeJSON(message)).dropFirst()
        }
        return piece
    }
}
