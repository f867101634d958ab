import ArgumentParser
import BatonServer
import Foundation

/// How much a server takes on at a moment (specification section 12); what is beyond is answered
/// 503 with `Retry-After`.
struct PressureOptions: ParsableArguments {
    private static let standard = ServerLimits()

    @Option(help: "Connections at once.")
    var maxConnections = standard.connections

    @Option(help: "Live answers at once.")
    var maxLive = standard.liveSubscribers

    @Option(help: "Requests that are worked on or wait at once.")
    var maxRequests = standard.requestsAtOnce

    @Option(
        help: ArgumentHelp("Memory for request bodies, all together.", valueName: "MiB"))
    var bodyMemory = standard.bodyBytesAtOnce >> 20

    @Option(
        help: ArgumentHelp(
            "Memory for answers that wait for slow clients, all together.", valueName: "MiB"))
    var answerMemory = standard.answerBytesAtOnce >> 20

    @Option(help: "Requests a second of one caller, but for the roles service and operator.")
    var maxRequestRate = standard.requestsPerSecond

    @Option(
        help: ArgumentHelp(
            "Bytes a minute of one caller, requests and answers, but for the same roles.",
            valueName: "MiB"))
    var maxByteRate = standard.bytesPerMinute >> 20

    func validate() throws {
        for (name, value) in [
            ("--max-request-rate", maxRequestRate), ("--max-byte-rate", maxByteRate),
            ("--max-connections", maxConnections), ("--max-live", maxLive),
            ("--max-requests", maxRequests), ("--body-memory", bodyMemory),
            ("--answer-memory", answerMemory),
        ] where !(1...1_000_000).contains(value) {
            throw ValidationError("\(name) is from 1 to 1000000")
        }
    }

    /// The limits that these make.
    var limits: ServerLimits {
        var limits = ServerLimits()
        limits.connections = maxConnections
        limits.liveSubscribers = maxLive
        limits.requestsAtOnce = maxRequests
        limits.requestsPerSecond = maxRequestRate
        limits.bytesPerMinute = maxByteRate << 20
        limits.bodyBytesAtOnce = bodyMemory << 20
        limits.answerBytesAtOnce = answerMemory << 20
        return limits
    }
}

/// How many files, and with them sockets, this process may have open.
enum OpenFiles {
    /// What a server has open besides connections: the log's files, libraries, and room.
    private static let others = 1_024

    /// Raises the limit so that so many connections fit, as far as the system lets it. Where it does
    /// not, connections beyond wait to be accepted.
    static func makeRoom(for connections: Int) {
        #if canImport(Glibc)
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        #else
        let resource = RLIMIT_NOFILE
        #endif
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0 else { return }
        let wanted = min(rlim_t(connections + others), limit.rlim_max)
        guard wanted > limit.rlim_cur else { return }
        limit.rlim_cur = wanted
        _ = setrlimit(resource, &limit)
    }
}
