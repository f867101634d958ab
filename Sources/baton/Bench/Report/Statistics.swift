/// What many measurements come down to.
enum Statistics {
    /// The middle one; of an even number the mean of the two in the middle. 0 for none.
    static func median(_ values: [Double]) -> Double {
        guard !values.isEmpty else { return 0 }
        let sorted = values.sorted()
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }

    /// The smallest of `ascending` that at least `share` of them do not exceed (the nearest rank).
    /// 0 for none.
    static func percentile(_ share: Double, of ascending: [Double]) -> Double {
        guard !ascending.isEmpty else { return 0 }
        let rank = Int((share * Double(ascending.count)).rounded(.up))
        return ascending[max(0, min(ascending.count, rank) - 1)]
    }
}

/// A distribution of times, by the percentiles that a person looks at.
struct Curve {
    /// Where every curve is read.
    static let percentiles = [1, 5, 10, 25, 50, 75, 90, 95, 99, 99.5, 99.9]

    /// The times at ``percentiles``.
    static func points(of ascending: [Double]) -> [Double] {
        percentiles.map { Statistics.percentile($0 / 100, of: ascending) }
    }

    /// What it is the distribution of: "push", "one fsync".
    let name: String
    /// Milliseconds at ``percentiles``.
    let milliseconds: [Double]
}
