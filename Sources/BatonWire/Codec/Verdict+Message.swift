public import BatonCore

extension Verdict {
    /// The verdict's message for the event with this counter.
    public func message(counter: Counter) -> Baton_V1_Verdict {
        var message = Baton_V1_Verdict()
        message.counter = counter.rawValue
        switch self {
        case .accepted(let offset):
            message.outcome = .accepted
            message.offset = offset.rawValue
        case .duplicate(let offset):
            message.outcome = .duplicate
            message.offset = offset.rawValue
        case .refused(let refusal, let offset):
            message.outcome = .refused
            message.offset = offset.rawValue
            message.code = refusal.code.rawValue
            message.reason = refusal.reason
            message.expected = refusal.expected?.rawValue ?? 0
            message.movedTo = refusal.movedTo?.description ?? ""
        }
        return message
    }

    /// Reads a verdict.
    public init(_ message: Baton_V1_Verdict) throws(WireFailure) {
        let offset = try Numbers.offset(message.offset)
        switch message.outcome {
        case .accepted: self = .accepted(offset)
        case .duplicate: self = .duplicate(offset)
        case .refused:
            // A code that this version does not know: final where it stands in the log.
            let code =
                RefusalCode(rawValue: message.code)
                ?? (offset == .start ? .limitExceeded : .schemaViolation)
            let expected =
                message.expected == 0 ? nil : try Numbers.counter(message.expected)
            let movedTo = message.movedTo.isEmpty ? nil : try Names.stream(message.movedTo)
            self = .refused(
                Refusal(code, message.reason, expected: expected, movedTo: movedTo), offset)
        case .unspecified, .UNRECOGNIZED:
            throw WireFailure(.malformedProtobuf, "a verdict with no known outcome")
        }
    }
}
