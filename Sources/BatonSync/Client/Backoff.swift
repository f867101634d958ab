/// How long to wait after failures: doubled each time, capped, and then jittered over the whole
/// range, so that devices that lost a server at once do not come back at once.
///
/// Source: Brooker, "Exponential Backoff And Jitter", 2015 ("full jitter").
package struct Backoff: Sendable {
    /// The ceiling of the first pause.
    package let first: Duration
    /// The ceiling of all pauses.
    package let longest: Duration

    /// Joins the parts.
    package init(first: Duration, longest: Duration) {
        self.first = first
        self.longest = longest
    }

    /// The pause after the `failures`-th failure in a row, by 64 random bits. What the server asked
    /// for is waited at least.
    package func pause(failures: Int, asked: Duration?, random: UInt64) -> Duration {
        // The 53 bits that a Double holds exactly, as a fraction of 1.
        let fraction = Double(random >> 11) / Double(1 << 53)
        let doublings = min(max(failures - 1, 0), 30)
        let ceiling = min(longest, first * (1 << doublings))
        let jittered = ceiling * fraction
        guard let asked else { return jittered }
        return asked + first * fraction
    }
}
