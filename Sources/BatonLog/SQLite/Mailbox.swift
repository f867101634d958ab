import Foundation

/// A bounded queue between tasks that hand in work and the threads that do it.
///
/// Unchecked: every property is touched under the condition's lock only.
final class Mailbox<Element: Sendable>: @unchecked Sendable {
    /// What became of an offer.
    enum Offer {
        case taken
        /// The queue is at its limit; nothing was kept.
        case full
        /// No more is taken; nothing was kept.
        case closed
    }

    /// What a thread finds.
    enum Delivery {
        case elements([Element])
        /// Nothing came within the time.
        case nothing
        /// Nothing is left and nothing will come.
        case closed
    }

    private let condition = NSCondition()
    private let countLimit: Int
    private let costLimit: Int
    // Both in order of arrival, the older ones in `outbox`, last first.
    private var inbox: [Element] = []
    private var outbox: [Element] = []
    private var cost = 0
    private var handedOut = 0
    private var isClosed = false

    /// At most `count` elements wait, of at most `cost` together; a single one may cost more.
    init(count: Int, cost: Int = .max) {
        countLimit = count
        costLimit = cost
    }

    /// Hands in an element. Costs count until the elements are taken all at once.
    func offer(_ element: Element, cost: Int = 0) -> Offer {
        condition.lock()
        defer { condition.unlock() }
        guard !isClosed else { return .closed }
        let waiting = inbox.count + outbox.count
        guard waiting < countLimit, waiting == 0 || self.cost + cost <= costLimit else {
            return .full
        }
        inbox.append(element)
        self.cost += cost
        condition.signal()
        return .taken
    }

    /// Takes all that waits, or waits for the first at most so many seconds.
    func takeAll(within seconds: Double) -> Delivery {
        condition.lock()
        defer { condition.unlock() }
        handedOut = 0
        if inbox.isEmpty && outbox.isEmpty && !isClosed {
            _ = condition.wait(until: Date(timeIntervalSinceNow: seconds))
        }
        guard !inbox.isEmpty || !outbox.isEmpty else { return isClosed ? .closed : .nothing }
        let elements = outbox.reversed() + inbox
        inbox = []
        outbox = []
        cost = 0
        handedOut = elements.count
        return .elements(elements)
    }

    /// How many elements wait, what they cost together, and how many are in the hands of the thread
    /// that took all, until it asks for more.
    var load: (waiting: Int, cost: Int, inHand: Int) {
        condition.lock()
        defer { condition.unlock() }
        return (inbox.count + outbox.count, cost, handedOut)
    }

    /// Takes the element that has waited longest, or waits for one; `nil` once the mailbox is
    /// closed and empty. For elements that were handed in without cost.
    func takeFirst() -> Element? {
        condition.lock()
        defer { condition.unlock() }
        while inbox.isEmpty && outbox.isEmpty {
            if isClosed { return nil }
            condition.wait()
        }
        if outbox.isEmpty {
            outbox = inbox.reversed()
            inbox = []
        }
        return outbox.popLast()
    }

    /// Takes no more; what was handed in is still delivered.
    func close() {
        condition.lock()
        defer { condition.unlock() }
        isClosed = true
        condition.broadcast()
    }
}
