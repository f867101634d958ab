/// The limits of archives, each with its reason (`protocol/archive.md`).
package enum ArchiveLimits {
    /// Bytes of frames at which a segment ends: reading a moment of the past inflates no more.
    package static let segmentBytes = 1 << 20

    /// Entries at which a segment ends: small events cost by their number.
    package static let segmentEntries = 10_000

    /// Bytes that a reader inflates at most: a chunk may be as large as a push, and room above it.
    static let rawBytes = 64 << 20

    /// Segments of one stream: 10,000,000,000 small entries.
    static let segments = 1_000_000

    /// Snapshots of one stream.
    static let snapshots = 1_000

    /// Bytes of a manifest that a reader takes into memory: a million segments and room.
    static let manifestBytes = 1 << 30

    /// Segments after which a long stream's manifest is written in between, so that a writer that is
    /// killed has not worked in vain.
    static let segmentsPerManifest = 32
}
