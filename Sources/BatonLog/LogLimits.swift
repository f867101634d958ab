/// The limits of the log that no option changes, with their reasons.
enum LogLimits {
    /// How long an idempotency key is remembered at least, in milliseconds: seven days, longer than
    /// any client retries one write.
    static let idempotencyLifetime: Int64 = 7 * 24 * 60 * 60 * 1_000

    /// How many old idempotency keys one append forgets: more than the one that it adds, so that
    /// they do not pile up, and few, so that no append waits for it.
    static let forgottenAtOnce: Int64 = 8

    /// Streams that the writer remembers between transactions: about 1 KiB each.
    static let rememberedStreams = 8_192

    /// Reads that wait for a reader at most.
    static let waitingReads = 4_096
}
