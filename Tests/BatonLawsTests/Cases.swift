import Foundation

/// How many random histories each law is tried on, in batches that run side by side.
enum Cases {
    /// Histories a test, unless the environment says otherwise: `BATON_LAW_CASES=100000`.
    static let count =
        ProcessInfo.processInfo.environment["BATON_LAW_CASES"].flatMap { Int($0) } ?? 1_000

    private static let size = 100

    /// The first seed of each batch.
    static let batches: [UInt64] = stride(from: 1, through: count, by: size).map { UInt64($0) }

    /// The seeds of a batch.
    static func seeds(of batch: UInt64) -> ClosedRange<UInt64> {
        batch...min(batch + UInt64(size) - 1, UInt64(count))
    }
}
