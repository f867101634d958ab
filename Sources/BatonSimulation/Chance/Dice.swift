/// Chance that depends on its seed alone (SplitMix64; Steele, Lea, Flood: "Fast splittable
/// pseudorandom number generators", OOPSLA 2014).
struct Dice: Sendable {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    /// Dice of their own for a part of the whole, named by numbers: what one part draws does not
    /// move what another one draws.
    init(seed: UInt64, _ names: UInt64...) {
        state = names.reduce(Self.mixed(seed)) { Self.mixed($0 ^ Self.mixed($1)) }
    }

    /// 64 random bits.
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        return Self.mixed(state)
    }

    /// A number from 0 up to, but not including, `bound`, which is above 0.
    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }

    /// A number within a range.
    mutating func within(_ range: ClosedRange<Int64>) -> Int64 {
        range.lowerBound + Int64(next() % UInt64(range.upperBound - range.lowerBound + 1))
    }

    /// True so often out of 1,000.
    mutating func chance(_ permille: Int) -> Bool { below(1_000) < permille }

    /// One of several, which are not none.
    mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[below(elements.count)]
    }

    private static func mixed(_ number: UInt64) -> UInt64 {
        var mixed = number &+ 0x9E37_79B9_7F4A_7C15
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
