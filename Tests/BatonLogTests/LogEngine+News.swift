import BatonLog

extension LogEngine {
    /// A signal after each append to one of `streams`; signals that were not waited for fold into one.
    func appends(to streams: Set<StreamKey>) -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let watch = watch(streams) { news in
            switch news {
            case .grown: continuation.yield()
            case .closed: continuation.finish()
            }
        }
        continuation.onTermination = { _ in watch.end() }
        return stream
    }
}
