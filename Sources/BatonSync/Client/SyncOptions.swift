public import BatonCore
import BatonWire

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// How a ``SyncClient`` behaves, and the seams through which tests replace time and chance.
public struct SyncOptions: Sendable {
    /// The schemas by which events are merged, as the app knows them; those built in by default. A
    /// sync takes later versions, and further ones, from the server.
    public var schemas: SchemaSet
    /// Who looks at this app's screen. Conflicts show what the schemas redact for that role as a mark:
    /// an app in customers' hands shows them their own address, a kiosk's does not.
    public var role: Role
    /// How often the background loop syncs when nothing else calls for it.
    public var interval: Duration
    /// Whether the background loop keeps a live connection, so that others' changes arrive at once.
    public var isLive: Bool
    /// The first pause after a failed sync; doubled with each further failure.
    public var firstRetry: Duration
    /// The longest pause between tries.
    public var longestRetry: Duration
    /// How long one request may take until its answer begins.
    public var timeout: Duration
    /// Milliseconds since 1970.
    public var wallClock: @Sendable () -> Int64
    /// The clock that pauses are slept on.
    public var clock: any Clock<Duration>
    /// 64 random bits; replica ids are drawn from it, so it must be good for that in production.
    public var random: @Sendable () -> UInt64
    /// What carries requests; `nil` for HTTP.
    public var transport: (any SyncTransport)?

    /// The defaults of a production app.
    public init() {
        schemas = BuiltinSchemas.all
        role = .customer
        interval = .seconds(30)
        isLive = true
        firstRetry = .seconds(1)
        longestRetry = .seconds(60)
        timeout = .seconds(30)
        wallClock = { Int64((Date().timeIntervalSince1970 * 1000).rounded(.down)) }
        clock = ContinuousClock()
        random = {
            var generator = SystemRandomNumberGenerator()
            return generator.next()
        }
        transport = nil
    }
}
