import BatonCore

/// Devices that check a cart out while apart place one order; who had seen the checkout before
/// places another one. Each order that a checkout names is there.
///
/// Two checkouts are of the same cart as it stood if their writers had seen the same checkouts of
/// it; judged from what people had before their eyes.
struct OneOrderACheckout: Promise {
    static let name = "one order a checkout"

    private struct Checkout {
        let deed: LoggedDeed
        let cart: EntityID
        let order: EntityID
    }

    private var eyes = WhatPeopleSaw()

    mutating func note(_ fact: Fact, _ histories: [StreamID: History]) -> Violation? {
        eyes.note(fact)
        return nil
    }

    func judge(_ ending: Ending) -> Violation? {
        for stream in ending.streams {
            guard let history = ending.histories[stream], let state = ending.server[stream] else {
                continue
            }
            let checkouts = history.entries.compactMap { logged in
                eyes.deed(at: logged, in: stream, history).flatMap(Self.checkout)
            }
            for checkout in checkouts where state.entities[checkout.order] == nil {
                return broken(
                    "\(stream), \(checkout.order)", expected: "an order that was placed",
                    found: "nothing")
            }
            if let found = judge(checkouts, stream) { return found }
        }
        return nil
    }

    private func judge(_ checkouts: [Checkout], _ stream: StreamID) -> Violation? {
        for (index, one) in checkouts.enumerated() {
            // An order between what came after a backup is forgotten where that is restored, and with
            // it which of two checkouts was the first (specification section 9.6).
            for other in checkouts[..<index]
            where other.cart == one.cart && one.deed.sawInLostLog == nil
                && other.deed.sawInLostLog == nil
            {
                let place = "\(stream), \(one.cart)"
                if one.deed.hasSeen(other.deed) || other.deed.hasSeen(one.deed) {
                    guard one.order == other.order else { continue }
                    return broken(
                        place, expected: "two orders: one checkout came after the other",
                        found: "\(one.order) twice")
                }
                let known = [one, other].map { checkout in
                    Set(
                        checkouts.filter {
                            $0.cart == checkout.cart && checkout.deed.hasSeen($0.deed)
                        }.map(\.order))
                }
                guard known[0] == known[1], one.order != other.order else { continue }
                return broken(
                    place, expected: "one order of two checkouts of the same cart",
                    found: "\(other.order) and \(one.order)")
            }
        }
        return nil
    }

    /// The checkout that an event is; `nil` for another one, and for one whose writer's eyes are
    /// not known.
    private static func checkout(_ deed: LoggedDeed) -> Checkout? {
        guard deed.seen != nil,
            let count = deed.event.operations.first(where: \.isCheckout),
            let placed = deed.event.operations.first(where: {
                $0.entity.type == "order" && $0.path == FieldPath(["status"])
            })
        else { return nil }
        return Checkout(deed: deed, cart: count.entity, order: placed.entity)
    }
}
