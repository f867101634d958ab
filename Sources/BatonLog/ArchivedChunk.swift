public import BatonCore

/// A chunk as an archive holds it.
public struct ArchivedChunk: Hashable, Sendable {
    /// The entries, with the offsets that they had.
    public let chunk: Chunk
    /// Which of them stand for events that were refused for good.
    public let voids: [Counter: VoidRecord]

    /// Joins the parts.
    public init(_ chunk: Chunk, voids: [Counter: VoidRecord] = [:]) {
        self.chunk = chunk
        self.voids = voids
    }
}
