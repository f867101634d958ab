import ArgumentParser
import BatonServer
import Foundation

/// How much a server takes on at a moment (specification section 12); what is beyond is answered
/// 503 with `Retry-After`.
struct PressureOptions: ParsableArguments {
    @Option(help: "Connections at once.")
    var maxConnections: Int?

    @Option(help: "Live answers at once.")
    var maxLive: Int?

    @Option(help: "Requests that are worked on or wait at once.")
    var maxRequests: Int?

    @Option(
        help: ArgumentHelp("Memory for request bodies, all together.", valueName: "MiB"))
    var bodyMemory: Int?

    @Option(
        help: ArgumentHelp(
            "Memory for answers that wait for slow clients, all together.", valueName: "MiB"))
    var answerMemory: Int?

    @Option(help: "Requests a second of one caller, but for the roles service and operator.")
    var maxRequestRate: Int?

    @Option(
        help: ArgumentHelp(
            "Bytes a minute of one caller, requests and answers, but for the same roles.",
            valueName: "MiB"))
    var maxByteRate: Int?

    @Option(
        name: .customLong("limit"),
        help: ArgumentHelp(
            "Any limit by its name, as --check-config lists them. May be repeated.",
            valueName: "name=value"))
    var limits: [LimitArgument] = []

    func validate() throws {
        for (_, flag, value) in named where !(1...1_000_000).contains(value) {
            throw ValidationError("\(flag) is from 1 to 1000000")
        }
    }

    /// The limits that have flags of their own, as the flags give them.
    private var named: [(name: String, flag: String, value: Int)] {
        let all: [(String, String, Int?)] = [
            ("connections", "--max-connections", maxConnections),
            ("liveSubscribers", "--max-live", maxLive),
            ("requestsAtOnce", "--max-requests", maxRequests),
            ("bodyBytesAtOnce", "--body-memory", bodyMemory),
            ("answerBytesAtOnce", "--answer-memory", answerMemory),
            ("requestsPerSecond", "--max-request-rate", maxRequestRate),
            ("bytesPerMinute", "--max-byte-rate", maxByteRate),
        ]
        return all.compactMap { name, flag, value in value.map { (name, flag, $0) } }
    }

    /// Each limit that was given, with its value in the limit's own unit.
    var given: [(name: String, flag: String, value: Int)] {
        named.map { limit in
            let isInMebibytes = limit.flag.hasSuffix("-memory") || limit.flag == "--max-byte-rate"
            return (limit.name, limit.flag, isInMebibytes ? limit.value << 20 : limit.value)
        } + limits.map { ($0.name, "--limit \($0.name)", $0.value) }
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
