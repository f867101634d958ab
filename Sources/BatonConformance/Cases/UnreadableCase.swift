/// A case that cannot be run: where, and what was expected there.
struct UnreadableCase: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
