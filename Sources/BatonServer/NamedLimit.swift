import BatonCore

/// One of the ``ServerLimits`` by its name, for configuration files, command lines and metrics.
public struct NamedLimit: Sendable {
    /// The name: that of the property, or for the two guess rates of one of their parts.
    public let name: String
    /// What it may be set to.
    public let range: ClosedRange<Int>
    private let read: @Sendable (ServerLimits) -> Int
    private let write: @Sendable (inout ServerLimits, Int) -> Void

    /// The value among these limits.
    public func value(in limits: ServerLimits) -> Int { read(limits) }

    /// Sets it; the value must lie in ``range``.
    public func set(_ value: Int, in limits: inout ServerLimits) {
        precondition(range.contains(value), "\(name) is from \(range.lowerBound) on")
        write(&limits, value)
    }

    private init<Number: BinaryInteger & SendableMetatype>(
        _ name: String, _ range: ClosedRange<Int>,
        _ property: any WritableKeyPath<ServerLimits, Number> & Sendable
    ) {
        self.name = name
        self.range = range
        read = { Int($0[keyPath: property]) }
        write = { $0[keyPath: property] = Number($1) }
    }

    private static let mebibyte = 1 << 20
    /// So many things, each of them small.
    private static let count = 1...1_000_000
    private static let bytes = 1_024...(1_024 * mebibyte)
    private static let manyBytes = mebibyte...(1_024 * 1_024 * mebibyte)
    private static let seconds = 1...86_400
    /// Nobody reads a code, or uses a token, in less than ten seconds.
    private static let handoffSeconds = Int(HandoffWish.leastSeconds)...86_400
    private static let milliseconds = 1...3_600_000

    /// All of them, in the order of ``ServerLimits``.
    public static let all: [NamedLimit] = [
        NamedLimit("bodyBytes", bytes, \.bodyBytes),
        NamedLimit("decompressedBytes", bytes, \.decompressedBytes),
        NamedLimit("decompressedRatio", 1...1_032, \.decompressedRatio),
        NamedLimit("streamsPerSync", 1...10_000, \.streamsPerSync),
        // The combined id of a live answer must fit a header line.
        NamedLimit("streamsPerLive", 1...50, \.streamsPerLive),
        NamedLimit("liveSubscribers", count, \.liveSubscribers),
        NamedLimit("livePerCaller", count, \.livePerCaller),
        NamedLimit("connections", count, \.connections),
        NamedLimit("streamsAtOnce", count, \.streamsAtOnce),
        NamedLimit("requestsPerSecond", count, \.requestsPerSecond),
        NamedLimit("bytesPerMinute", manyBytes, \.bytesPerMinute),
        NamedLimit("principals", count, \.principals),
        NamedLimit("tenantsCounted", count, \.tenantsCounted),
        NamedLimit("headerBytes", 1_024...65_536, \.headerBytes),
        NamedLimit("headersBytes", 1_024...262_144, \.headersBytes),
        NamedLimit("headers", 10...1_000, \.headers),
        NamedLimit("headSeconds", seconds, \.headSeconds),
        NamedLimit("bodySeconds", seconds, \.bodySeconds),
        NamedLimit("requestsAtOnce", count, \.requestsAtOnce),
        NamedLimit("requestsPerCallerAtOnce", count, \.requestsPerCallerAtOnce),
        NamedLimit("claimsAtOnce", count, \.claimsAtOnce),
        NamedLimit("claimsPerAddress", count, \.claimsPerAddress),
        NamedLimit("claimBytes", 256...(64 << 10), \.claimBytes),
        NamedLimit("readersAtOnce", 1...10_000, \.readersAtOnce),
        NamedLimit("bodyBytesAtOnce", manyBytes, \.bodyBytesAtOnce),
        NamedLimit("bodyBytesPerCaller", bytes, \.bodyBytesPerCaller),
        NamedLimit("answerBytesAtOnce", manyBytes, \.answerBytesAtOnce),
        NamedLimit("logWritesWaiting", count, \.logWritesWaiting),
        NamedLimit("logBytesWaiting", manyBytes, \.logBytesWaiting),
        NamedLimit("unsentBytes", 1_024...(64 << 20), \.unsentBytes),
        NamedLimit("stallSeconds", seconds, \.stallSeconds),
        NamedLimit("eventsPerPull", count, \.eventsPerPull),
        NamedLimit("bytesPerPull", bytes, \.bytesPerPull),
        NamedLimit("bytesPerSync", bytes, \.bytesPerSync),
        NamedLimit("bytesPerLive", bytes, \.bytesPerLive),
        NamedLimit("entriesPerPage", 1...10_000, \.entriesPerPage),
        NamedLimit("settledLooks", 1...100_000_000, \.settledLooks),
        NamedLimit("settledSides", 1...10_000_000, \.settledSides),
        NamedLimit("cachedStates", count, \.cachedStates),
        NamedLimit("cachedStateBytes", manyBytes, \.cachedStateBytes),
        NamedLimit("eventsPerSnapshot", 1...100_000, \.eventsPerSnapshot),
        NamedLimit("foldsAhead", count, \.foldsAhead),
        NamedLimit("eventsFoldedPerPull", 1...100_000, \.eventsFoldedPerPull),
        NamedLimit("clockDrift", 1_000...86_400_000, \.clockDrift),
        NamedLimit("heartbeatSeconds", seconds, \.heartbeatSeconds),
        NamedLimit("idleSeconds", seconds, \.idleSeconds),
        NamedLimit("idempotencyKeyBytes", 16...1_024, \.idempotencyKeyBytes),
        NamedLimit("cachedTokens", count, \.cachedTokens),
        NamedLimit("handoffs", count, \.handoffs),
        NamedLimit("handoffsPerStream", 1...1_000, \.handoffsPerStream),
        NamedLimit("entitiesPerHandoff", 1...64, \.entitiesPerHandoff),
        NamedLimit("codeSeconds", handoffSeconds, \.codeSeconds),
        NamedLimit("longestCodeSeconds", handoffSeconds, \.longestCodeSeconds),
        NamedLimit("sharedTokenSeconds", handoffSeconds, \.sharedTokenSeconds),
        NamedLimit("longestSharedTokenSeconds", handoffSeconds, \.longestSharedTokenSeconds),
        NamedLimit("guessesPerCaller", 1...10_000, \.guessesPerCaller.burst),
        NamedLimit("millisecondsPerGuess", milliseconds, \.guessesPerCaller.interval),
        NamedLimit("guessesOfAll", 1...100_000, \.guessesOfAll.burst),
        NamedLimit("millisecondsPerGuessOfAll", milliseconds, \.guessesOfAll.interval),
        NamedLimit("guessers", count, \.guessers),
    ]

    /// The limit of that name.
    public static func named(_ name: String) -> NamedLimit? { all.first { $0.name == name } }
}

extension ServerLimits {
    /// What of these limits cannot hold together, and what to do; `nil` where they can.
    public var contradiction: String? {
        let ordered: [(String, String)] = [
            ("bodyBytes", "bodyBytesAtOnce"), ("bodyBytes", "bodyBytesPerCaller"),
            ("bodyBytes", "decompressedBytes"), ("bodyBytes", "logBytesWaiting"),
            ("headerBytes", "headersBytes"), ("bytesPerPull", "bytesPerSync"),
            ("heartbeatSeconds", "idleSeconds"), ("codeSeconds", "longestCodeSeconds"),
            ("sharedTokenSeconds", "longestSharedTokenSeconds"),
        ]
        for (low, high) in ordered {
            guard let below = NamedLimit.named(low)?.value(in: self),
                let above = NamedLimit.named(high)?.value(in: self)
            else { continue }
            if below > above {
                return "\(low) (\(below)) is above \(high) (\(above)): lower the first or raise "
                    + "the second"
            }
        }
        return nil
    }

    /// Each limit as it stands, as Prometheus text.
    var text: String {
        var lines = [
            "# HELP baton_limit What the server is held to; the limits of the specification's section 12.",
            "# TYPE baton_limit gauge",
        ]
        for limit in NamedLimit.all {
            lines.append("baton_limit{name=\"\(limit.name)\"} \(limit.value(in: self))")
        }
        lines += [
            "# HELP baton_form_limit What an event is held to by the protocol; nobody can change it.",
            "# TYPE baton_form_limit gauge",
        ]
        lines += ProtocolLimits.all.map { "baton_form_limit{name=\"\($0.name)\"} \($0.value)" }
        return lines.joined(separator: "\n") + "\n"
    }
}
