/// Once nothing goes wrong any more, everything comes to rest within a bound of simulated time:
/// nothing waits, and every device stands at the head of every log.
struct HealsInTime: Promise {
    static let name = "heals in time"

    func judge(_ ending: Ending) -> Violation? {
        ending.unsettled.map {
            broken(
                "the whole", expected: "rest within \(ending.bound / 1_000) s after the last fault",
                found: $0)
        }
    }
}
