import BatonLog
import Hummingbird

/// What a request carries on its way through the server.
struct ServerContext: RequestContext {
    var coreContext: CoreRequestContextStorage

    init(source: Source) { coreContext = .init(source: source) }
}
