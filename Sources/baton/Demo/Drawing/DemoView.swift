/// What is chosen on the demo's screen, and what it says of the last key.
struct DemoView: Equatable, Sendable {
    /// The client that keys act on, from 0.
    var selected = 0
    /// The article that keys act on, from 0.
    var article = 0
    /// The note that is being written.
    var note: String?
    /// What there is to say.
    var message = "Cut a network with c, edit on both sides, and mend it again."
}

/// How large a terminal is.
struct TerminalSize: Equatable, Sendable {
    var columns: Int
    var rows: Int
}
