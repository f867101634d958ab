/// The name of one write, which is in the event's own content: whatever becomes of the event on its
/// way, the log shows whether that write is there once, twice or not at all.
struct Mark: Hashable, Sendable, CustomStringConvertible {
    /// Who wrote.
    let writer: Int
    /// The writer's how-manieth write it was, from 1.
    let number: Int

    init(writer: Int, number: Int) {
        self.writer = writer
        self.number = number
    }

    /// Reads `m3-77`.
    init?(_ text: some StringProtocol) {
        guard text.hasPrefix("m") else { return nil }
        let parts = text.dropFirst().split(separator: "-")
        guard parts.count == 2, let writer = Int(parts[0]), let number = Int(parts[1]) else {
            return nil
        }
        self.init(writer: writer, number: number)
    }

    var description: String { "m\(writer)-\(number)" }
}
