import BatonCore

/// Simulated time for people.
enum TraceTime {
    /// Days, hours, minutes, seconds and milliseconds since the world began.
    static func text(_ milliseconds: Int64) -> String {
        let seconds = milliseconds / 1_000
        let parts = [seconds / 3_600 % 24, seconds / 60 % 60, seconds % 60].map { padded($0, 2) }
        let days = padded(seconds / 86_400, 3)
        return "\(days)d \(parts.joined(separator: ":")).\(padded(milliseconds % 1_000, 3))"
    }

    private static func padded(_ number: Int64, _ length: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, length - digits.count)) + digits
    }
}

/// Events for a trace.
enum TraceText {
    static func of(_ logged: History.Logged) -> String {
        let mark = logged.mark.map(\.description) ?? "?"
        switch logged.entry {
        case .event(let event): return "\(mark) \(of(event))"
        case .void(let dot, let refusal):
            return "\(mark) \(short(dot)) void: \(refusal.code.rawValue), \(refusal.reason)"
        }
    }

    static func of(_ event: Event) -> String {
        var context = "seen \(event.context.seen)"
        if event.context.own.next != event.dot.counter { context += " own \(event.context.own)" }
        for entry in event.context.beyond.sorted { context += " and \(short(entry))" }
        return "\(short(event.dot)) (\(context)) \(of(event.operations))"
    }

    static func of(_ operations: [FieldOperation]) -> String {
        operations.map { operation in
            let place = "\(operation.entity)\(operation.path.pointer)"
            switch operation.action {
            case .set(let value), .add(let value), .remove(let value), .append(let value):
                return "\(place) \(operation.action.name) \(value.canonicalJSON)"
            case .clear, .unknown: return "\(place) \(operation.action.name)"
            case .move(let from, let to): return "\(place) \(from) → \(to)"
            case .keep(let value, let origin):
                return "\(place) keep \(value.canonicalJSON) of \(short(origin.dot))"
            }
        }.joined(separator: "; ")
    }

    /// A dot by the first digits of its replica.
    static func short(_ dot: Dot) -> String {
        "\(dot.replica.description.prefix(4)):\(dot.counter)"
    }
}
