import BatonCore

/// What tells one write of a person from every other, whatever its dot, its time or its context
/// become: it travels in the event's channel.
struct Mark: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The number of the step that writes it.
    let number: Int

    init(_ number: Int) { self.number = number }

    /// Reads the mark of an event; `nil` for one that no person of the world wrote.
    init?(of event: Event) {
        let text = event.channel.description
        guard let place = text.lastIndex(of: "w"),
            let number = Int(text[text.index(after: place)...])
        else { return nil }
        self.number = number
    }

    /// The channel that carries it.
    func channel(_ place: String) throws(InvalidName) -> ChannelName {
        try ChannelName("\(place)-w\(number)")
    }

    var description: String { "w\(number)" }

    static func < (left: Mark, right: Mark) -> Bool { left.number < right.number }
}
