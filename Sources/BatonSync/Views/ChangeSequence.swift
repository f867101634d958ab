import BatonCore

/// Entities that may look different, one by one, in the order in which they changed.
///
/// Nothing is missed and nothing piles up: an entity that changes again before it was fetched stands
/// in line once. Ends when the client is closed or the task is cancelled. For one reader; ask for
/// another sequence for another reader.
public struct ChangeSequence: AsyncSequence, Sendable {
    private let subscriber: Subscriber

    init(_ subscriber: Subscriber) { self.subscriber = subscriber }

    /// Starts reading.
    public func makeAsyncIterator() -> Iterator { Iterator(subscriber: subscriber) }

    /// Where the reader stands.
    public struct Iterator: AsyncIteratorProtocol {
        fileprivate let subscriber: Subscriber
        private var fetched: ArraySlice<Change> = []

        fileprivate init(subscriber: Subscriber) { self.subscriber = subscriber }

        /// The next change; waits for it.
        public mutating func next() async -> Change? {
            if fetched.isEmpty {
                guard let changes = await subscriber.next() else { return nil }
                fetched = changes[...]
            }
            return fetched.popFirst()
        }
    }
}

/// An entity as it stands now, and again after each change.
public struct EntityChanges<Element: Sendable>: AsyncSequence, Sendable {
    let subscriber: Subscriber
    let read: @Sendable () -> Element

    /// Starts reading.
    public func makeAsyncIterator() -> Iterator { Iterator(subscriber: subscriber, read: read) }

    /// Where the reader stands.
    public struct Iterator: AsyncIteratorProtocol {
        fileprivate let subscriber: Subscriber
        fileprivate let read: @Sendable () -> Element
        private var hasBegun = false

        fileprivate init(subscriber: Subscriber, read: @escaping @Sendable () -> Element) {
            self.subscriber = subscriber
            self.read = read
        }

        /// At first what is there now, at once; then waits for changes.
        public mutating func next() async -> Element? {
            guard hasBegun else {
                hasBegun = true
                return read()
            }
            guard await subscriber.next() != nil else { return nil }
            return read()
        }
    }
}
