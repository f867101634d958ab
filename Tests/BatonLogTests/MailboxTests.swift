import Testing

@testable import BatonLog

struct MailboxTests {
    @Test func `Elements come out in the order they went in`() {
        let mailbox = Mailbox<Int>(count: 10)
        for number in 1...3 { #expect(mailbox.offer(number) == .taken) }
        #expect(mailbox.takeFirst() == 1)
        #expect(mailbox.offer(4) == .taken)
        guard case .elements(let rest) = mailbox.takeAll(within: 1) else {
            Issue.record("nothing came")
            return
        }
        #expect(rest == [2, 3, 4])
        guard case .nothing = mailbox.takeAll(within: 0.001) else {
            Issue.record("something came")
            return
        }
    }

    @Test func `It holds so many elements and so much cost`() {
        let mailbox = Mailbox<Int>(count: 2, cost: 10)
        #expect(mailbox.offer(1, cost: 50) == .taken, "one alone may cost more")
        #expect(mailbox.offer(2, cost: 1) == .full)
        _ = mailbox.takeAll(within: 1)
        #expect(mailbox.offer(3, cost: 5) == .taken)
        #expect(mailbox.offer(4, cost: 6) == .full)
        #expect(mailbox.offer(5, cost: 5) == .taken)
        #expect(mailbox.offer(6) == .full)
    }

    @Test func `It tells what waits, and what is in hand until more is asked for`() {
        let mailbox = Mailbox<Int>(count: 5, cost: 10)
        _ = mailbox.offer(1, cost: 3)
        _ = mailbox.offer(2, cost: 4)
        #expect(mailbox.load == (waiting: 2, cost: 7, inHand: 0))
        _ = mailbox.takeAll(within: 1)
        _ = mailbox.offer(3, cost: 1)
        #expect(mailbox.load == (waiting: 1, cost: 1, inHand: 2))
        _ = mailbox.takeAll(within: 1)
        _ = mailbox.takeAll(within: 0.001)
        #expect(mailbox.load == (waiting: 0, cost: 0, inHand: 0))
    }

    @Test func `Closed, it gives what it has and takes no more`() {
        let mailbox = Mailbox<Int>(count: 2)
        _ = mailbox.offer(1)
        mailbox.close()
        #expect(mailbox.offer(2) == .closed)
        #expect(mailbox.takeFirst() == 1)
        #expect(mailbox.takeFirst() == nil)
        guard case .closed = mailbox.takeAll(within: 60) else {
            Issue.record("not closed")
            return
        }
    }

    @Test func `The cache forgets what was not used lately`() {
        var cache = RecentCache<Int, String>(capacity: 4)
        for number in 0..<3 { cache[number] = "\(number)" }
        cache.trim()
        #expect(cache.count == 3)
        #expect(cache[0] == "0")
        for number in 10..<12 { cache[number] = "new" }
        cache.trim()
        #expect(cache[0] == "0")
        #expect(cache[1] == nil)
        cache[0] = nil
        #expect(cache[0] == nil)
    }
}
