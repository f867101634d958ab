import ArgumentParser

/// A length of time as an argument: `30d`, `12h`, `45m` or `90s`.
struct AgeArgument: ExpressibleByArgument, Hashable {
    let milliseconds: Int64
    let text: String

    init?(argument: String) {
        let units: [Character: Int64] = ["s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000]
        guard let unit = argument.last.flatMap({ units[$0] }),
            let number = Int64(argument.dropLast()), number >= 0, number <= 1_000_000
        else { return nil }
        milliseconds = number * unit
        text = argument
    }
}
