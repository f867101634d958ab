public import BatonCore

/// Open conflicts as they stand now, and again whenever they are others: one more, or one settled.
///
/// Changes that come faster than they are fetched fold into one, so the last element is always what
/// is there. For one reader; ask for another sequence for another reader.
public struct ConflictSequence: AsyncSequence, Sendable {
    let subscriber: Subscriber
    let read: @Sendable () -> [Conflict]

    /// Starts reading.
    public func makeAsyncIterator() -> Iterator { Iterator(subscriber: subscriber, read: read) }

    /// Where the reader stands.
    public struct Iterator: AsyncIteratorProtocol {
        fileprivate let subscriber: Subscriber
        fileprivate let read: @Sendable () -> [Conflict]
        private var last: [Conflict]?

        fileprivate init(subscriber: Subscriber, read: @escaping @Sendable () -> [Conflict]) {
            self.subscriber = subscriber
            self.read = read
        }

        /// At first what is open now, at once, also where nothing is; then waits until it changes.
        public mutating func next() async -> [Conflict]? {
            while true {
                if last != nil {
                    guard await subscriber.next() != nil else { return nil }
                }
                let conflicts = read()
                guard conflicts != last else { continue }
                last = conflicts
                return conflicts
            }
        }
    }
}
